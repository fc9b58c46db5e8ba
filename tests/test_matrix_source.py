"""YAML files as data with lines; what can't be read is refused in one sentence."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import ConfigurationError
from builders.matrix_source import MAX_SIZE_BYTES, Source, read_source
from builders.yaml_nodes import MAX_DEPTH, MAX_NODES


def read(folder: Path, content: str | bytes) -> Source:
    path = folder / "m.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_source(path)


def refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, content)
    assert len(caught.value.problems) == 1
    assert caught.value.problems == (str(caught.value),)
    return caught.value.problems[0].replace(f"{folder}{os.sep}", "")


def told(source: Source) -> list[str]:
    return [problem.told("m.yaml", problem.line or 0) for problem in source.problems]


def test_scalars_lists_and_mappings_become_data(tmp_path: Path) -> None:
    source = read(tmp_path, "a: [1, x, true, 1.5, null]\nb: {c: 2024-01-01}\n")
    assert source.data == {"a": [1, "x", True, 1.5, None], "b": {"c": "2024-01-01"}}
    assert source.problems == ()


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    source = read(tmp_path, "a: 1\nb:\n  c: 2\n  d:\n    - x\n    - y\n")
    lines = {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "d"): 4, ("b", "d", 0): 5, ("b", "d", 1): 6}
    assert source.lines == lines


def test_a_missing_key_has_the_line_of_what_is_around_it(tmp_path: Path) -> None:
    source = read(tmp_path, "a: 1\nb:\n  c: 2\n")
    assert [source.line(p) for p in [("b", "x"), ("b", "x", "y"), ("z",)]] == [2, 2, 1]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa: 1").data == {"a": 1}


def test_aliases_stand_for_their_anchor(tmp_path: Path) -> None:
    source = read(tmp_path, "a: &list\n  - 1\nb: *list\n")
    assert source.data == {"a": [1], "b": [1]}
    assert source.lines["b",] == 3


def test_own_keys_win_over_merged_ones_and_earlier_merges_over_later(tmp_path: Path) -> None:
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\n"
    source = read(tmp_path, text)
    assert source.data["z"] == {"a": 0, "b": 1, "c": 2}
    assert source.lines["z", "a"] == 5
    assert source.lines["z", "c"] == 2


def test_merges_of_merges_work(tmp_path: Path) -> None:
    text = "x: &x {a: 1}\ny: &y\n  <<: *x\n  b: 2\nz:\n  <<: *y\n"
    assert read(tmp_path, text).data["z"] == {"a": 1, "b": 2}


def test_a_quoted_merge_key_is_an_ordinary_key(tmp_path: Path) -> None:
    assert read(tmp_path, '"<<": 1').data == {"<<": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "m.yaml:3: a: stands twice, on lines 1 and 3; keep one"),
        (
            "variants:\n  x: 1\n  x: 2\n",
            "m.yaml:3: variants.x: names two variants, on lines 2 and 3; keep one",
        ),
        ("3: x", 'm.yaml:1: 3: must be text to be a key; write it as "3"'),
        ("a: {on: x}", 'm.yaml:1: a.on: must be text to be a key; write it as "on"'),
        ("a: {[1]: x}", "m.yaml:1: a: has a list or mapping as a key; a key must be text"),
        ("a: {<<: 5}", "m.yaml:1: a.<<: must stand for a mapping, as in '<<: *name'"),
        ("a: {<<: [5]}", "m.yaml:1: a.<<: must stand for a mapping, as in '<<: *name'"),
        ("a: !!int b", "m.yaml:1: a: 'b' can't be read as a value"),
        (
            "a: !!python/none x",
            "m.yaml:1: a: has the tag 'tag:yaml.org,2002:python/none'; remove it",
        ),
        ('a: "\\ud800"', "m.yaml:1: a: holds a character that is no text"),
        ('"\\0": 1', "m.yaml:1: \\x00: holds a character that is no text"),
        ("a: !mine {}", "m.yaml:1: a: has the tag '!mine'; remove it"),
    ],
)
def test_what_yaml_would_swallow_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    assert told(read(tmp_path, text)) == [problem]


def test_a_problem_in_an_anchor_is_told_once(tmp_path: Path) -> None:
    text = "a: &a {x: 1, x: 2}\nb: *a\nc:\n  <<: *a\n"
    assert told(read(tmp_path, text)) == ["m.yaml:1: a.x: stands twice, on lines 1 and 1; keep one"]


def test_control_characters_in_a_key_stay_on_one_line(tmp_path: Path) -> None:
    problem = told(read(tmp_path, '"a\\nb": 1\n"a\\nb": 2\n'))[0]
    assert problem == "m.yaml:2: a\\nb: stands twice, on lines 1 and 2; keep one"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "a: b: c",
            "m.yaml:1: isn't valid YAML: a ':' is not allowed here; put the value in quotes",
        ),
        (
            "a:\n\tb: 1",
            "m.yaml:2: isn't valid YAML: a tab can't indent; use spaces",
        ),
        ("a: 1\nb\nc: 1", "m.yaml:3: isn't valid YAML: a key lacks its ':'"),
        ("a: [1\nb: 2", "m.yaml:2: isn't valid YAML: expected ',' or ']', but got ':'"),
        ("c:\n  d: 1\n - e", "m.yaml:3: isn't valid YAML: the indentation doesn't fit the lines"),
        ("a: 1\n---\nb: 2", "m.yaml:2: isn't valid YAML: it holds more than one document"),
        ("a: *b", "m.yaml:1: isn't valid YAML: found undefined alias 'b'"),
        ("a: 1\nb: \0", "m.yaml:2: holds the control character U+0000; remove it"),
        ('a: "\\UFFFFFFFF"', "m.yaml: isn't valid YAML: a number or escape is out of range"),
        (b"a: 1\nb: \xff", "m.yaml:2: is not UTF-8 text; save it as UTF-8"),
        ("a: &a [*a]", "m.yaml:1: has an alias that stands for a part of itself"),
        ("a: &a\n  <<: *a", "m.yaml:2: has an alias that stands for a part of itself"),
        ("[" * 50_000, "m.yaml:1: is nested more than 32 levels deep; flatten it"),
        ("a: [" + "x," * MAX_NODES + "]", "m.yaml:1: holds more than 5000 keys and values"),
        (b"#" * (MAX_SIZE_BYTES + 1), "m.yaml: is larger than 1 MiB, which no matrix needs"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: str | bytes, problem: str) -> None:
    assert refusal(tmp_path, content).startswith(problem)


def bomb(line: str) -> str:
    """Eleven levels of nine aliases each: 9 to the power of 11 values, in under 100 KB."""
    levels = (line.format(i, ", ".join([f"*a{i - 1}"] * 9)) for i in range(1, 12))
    return "#" * 90_000 + "\na0: &a0 {x: 1}\n" + "".join(levels)


@pytest.mark.parametrize("line", ["a{0}: &a{0} [{1}]\n", "a{0}: &a{0}\n  <<: [{1}]\n"])
def test_an_alias_bomb_is_refused(tmp_path: Path, line: str) -> None:
    assert "holds more than 5000 keys and values, aliases unfolded" in refusal(tmp_path, bomb(line))


def test_aliases_nest_no_deeper_than_brackets(tmp_path: Path) -> None:
    levels = "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 500))
    assert "levels deep" in refusal(tmp_path, "a0: &a0 [x]\n" + levels)


def test_the_limits_themselves_are_allowed(tmp_path: Path) -> None:
    depth = MAX_DEPTH - 1
    assert read(tmp_path, "[" * depth + "x" + "]" * depth).problems == ()
    assert len(read(tmp_path, "- x\n" * (MAX_NODES - 1)).data) == MAX_NODES - 1


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file; go to its folder"):
        read_source(tmp_path / "no.yaml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder; name the matrix file in it"):
        read_source(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="is not a regular file"):
        read_source(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["x" * 5000, "\0"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be read|no such file"):
        read_source(tmp_path / name)


yaml_like = st.text(st.sampled_from("ab:-[]{}&*!|>%@#'\",?<\\ \n\t0.1~"), max_size=60)


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), yaml_like.map(str.encode)))
def test_no_content_fails_in_another_way(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.yaml"
        path.write_bytes(content)
        try:
            source = read_source(path)
        except ConfigurationError as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017
        else:
            assert source.line(()) == 1
