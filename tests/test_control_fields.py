from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.inspection.control_fields import first, paragraphs

TEXT = """\
Package: a
Description: short
 longer
 .
nonsense
 of nonsense
Tag: x
tag: y

 lost


Package: b"""


def test_fields_continue_repeat_and_end_with_their_paragraph():
    one, two = paragraphs(TEXT)
    assert one == {"package": ["a"], "description": ["short\nlonger\n."], "tag": ["x", "y"]}
    assert two == {"package": ["b"]}
    assert (first(one, "tag"), first(one, "version")) == ("x", "")


def test_a_name_is_one_line_that_can_be_printed():
    (fields,) = paragraphs("Name: a\x1b[31m\0b\n c")
    assert first(fields, "name") == "a[31mb"


@given(st.text(alphabet=st.sampled_from("aB: \t\n.\0é")))
def test_any_text_gives_fields_that_stand_in_it(text: str):
    for fields in paragraphs(text):
        assert fields
        for name, values in fields.items():
            assert name in text.lower()
            assert all(line in text for value in values for line in value.split("\n"))


def test_a_value_of_a_million_lines_is_read_in_one_go():
    (fields,) = paragraphs("A: b\n" + " c\n" * 1_000_000)
    assert fields["a"][0].count("\n") == 1_000_000
