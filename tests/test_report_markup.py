import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.markup import MISSING, block, code, escape, prose, sentence, table


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("run `pip cache purge` first", "run `pip cache purge` first"),
        ("`a_b_` and _c_", r"`a_b_` and \_c\_"),
        ("`a|b` is *no* code", r"\`a\|b\` is \*no\* code"),
        ("one ` alone", r"one \` alone"),
        ("/opt/a_/__init__.py, /var/lib/.", "`/opt/a_/__init__.py`, `/var/lib/`."),
        ("it's in (/opt/x_y) and/or_ /x", r"it's in (`/opt/x_y`) and/or\_ /x"),
        ("/usr/*.so and a/b/_c", r"`/usr/*.so` and a/b/\_c"),
        ("/a/b|c and /a/_b&c", r"/a/b\|c and /a/\_b\&c"),
        ("` ` holds nothing", r"\` \` holds nothing"),
        ("two\nlines `of\ncode`", "two lines `of code`"),
    ],
)
def test_prose_keeps_code_and_escapes_the_rest(text, shown):
    assert prose(text) == shown


@given(st.text(alphabet="`|\\_*ab \n"))
def test_prose_is_one_line_in_one_cell(text):
    shown = prose(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", shown)


def test_a_block_shows_its_lines_as_they_stand():
    assert block("RUN a \\\n\n    b|c  \n", "dockerfile") == "```dockerfile\nRUN a \\\n    b|c\n```"


@given(st.text(alphabet="`~ab \n\x07\ud800\u2028"))
def test_nothing_in_a_block_ends_it(text):
    first, *lines, last = block(text).split("\n")
    assert first == last
    assert set(first) == {"`"}
    assert all(line.strip() and first not in line for line in lines)
    "\n".join(lines).encode()


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
