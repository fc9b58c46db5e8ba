import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.markup import MISSING, code, escape, sentence, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("a | b", r"a \| b"),
        ("two\nlines\r\n\tand more ", "two lines and more"),
        ("back\\slash", "back\\\\slash"),
        ("mobilenet_v2", "mobilenet_v2"),
        ("__init__", r"\_\_init\_\_"),
        ("<none> *x* `y` [z] & $1 ~", r"\<none\> \*x\* \`y\` \[z\] \& \$1 \~"),
        ("bell\x07 and escape\x1b[31m", r"bell and escape \[31m"),
        ("", ""),
    ],
)
def test_markdown_of_a_text_shows_the_text(text, shown):
    assert escape(text) == shown


@given(st.text())
def test_escaped_text_is_one_line_in_one_cell(text):
    shown = escape(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", shown)


def test_code_falls_back_where_a_span_can_not_hold_the_text():
    assert code("sha256:0a") == "`sha256:0a`"
    assert code("a`b") == r"a\`b"
    assert code("a|b") == r"a\|b"
    assert code(" ") == MISSING


def test_a_sentence_ends_once():
    assert sentence("it broke") == "it broke."
    assert sentence("it broke!") == "it broke!"
    assert sentence("") == ""


def test_numbers_keep_the_digits_they_were_given():
    assert table(["n"], [["1.50"], ["10"]], ["right"]).splitlines() == [
        "|    n |",
        "|-----:|",
        "| 1.50 |",
        "|   10 |",
    ]


def test_a_table_without_rows_says_so():
    assert table(["n"], [], ["right"]) == "None."
