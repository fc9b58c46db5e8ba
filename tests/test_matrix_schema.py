"""The schema of `variants.yaml`: its verdicts are the loader's, and every key is explained."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from small_project import MATRIX as SMALL
from test_matrix_file import VALID, project

import slimbench
from builders.errors import ConfigurationError
from builders.matrix_file import load_matrix
from builders.matrix_schema import ladder_schema, matrix_schema, schema_text
from builders.yaml_nodes import LimitedLoader, Reading

ROOT = Path(__file__).parents[1]
COPY = ROOT / "docs/variants.schema.json"
SCHEMA = matrix_schema()
VALIDATOR = Draft7Validator(SCHEMA)
Path_ = tuple[Any, ...]

# Rules between keys, between parts and about files: the loader's alone.
BEYOND_SHAPE = (
    "there is no",
    "can't come after itself",
    "goes in a circle",
    "must be the reference's model",
    "must be [train], as",
    "must be 'torch', as",
    "lacks the workload",
    "needs a 'registry'",
    "which base_source",
    "doesn't exist",
    "is a folder",
    "matches no file",
    "must be relative to the folder",
    "leads out of the folder",
    "can't be a path",
    "must be at least 64MiB",
    "must be at least fewest_cold_starts",
    "'samples' where a tolerance is a share",
    "and so needs 'requirements' too",
    "says nothing without 'device: cuda'",
    "must be a duration of a second or more",  # '0.5s': a pattern can't count
    "must be at most 1",  # '2' as text, likewise
    "must be at least 0",
    "must be more than 0",
    "leave the key out where there is no limit",
    "there is no such variant",
    "is no tool, or kind of tools",
    "needs one of",
    "must begin with '/'",
    "must be a JSON path",
    "must be a regular expression",
    "can send only one of",
    "has an 'image'",
    "needs a 'dockerfile' or",
    "needs a 'base' with",
)


def read(text: str) -> Any:
    """As the loader reads YAML: `1e-4` is text."""
    node = LimitedLoader(text).get_single_node()
    assert node is not None
    return Reading().data(node)


def complaints(content: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message}" for e in VALIDATOR.iter_errors(content)]


def problems(folder: Path, content: Any) -> tuple[str, ...]:
    """The loader's; nothing where it is content."""
    path = folder / "variants.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    try:
        load_matrix(path)
    except ConfigurationError as error:
        return error.problems
    return ()


INNER = ("additionalProperties", "items", "anyOf", "oneOf", "then", "else")


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named property at every level, with its path."""
    if isinstance(schema, list):
        for one in schema:
            yield from properties(one, path)
    elif isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield f"{path}.{name}".lstrip("."), value
            yield from properties(value, f"{path}.{name}")
        inner = [schema.get(word) for word in INNER]
        yield from properties([one for one in inner if isinstance(one, (dict, list))], path)


PROPERTIES = list(properties(SCHEMA))
LADDER = list(properties(ladder_schema()))
RICH_PARTS = """\
workloads:
  serve: {dockerfile: exporter.Dockerfile, build_base: slim, requirements: torch, context: [app]}
models: {small: {weights: {file: torch.txt}, seed: 3}}
verification:
  samples: 40
  top_k: 3
  tolerances: {float32: 1e-4, plain: 0.5, int8: {top1_agreement: 8e-1}}
measurement:
  max_time: 6min
  precision: 2e-2
  page_cache: cold
  scenarios: {batches: [1, 8]}
  service: {rates: [1.5, "2"]}
  training: {epochs: 3}
budgets:
  all: {size: 2GB, layers: 9, forbidden_tools: [pip], root_user: false, cold_start: 300ms}
  variants: {fat: {top1_agreement: 0.8, forbidden_hints: [secrets]}}
  baseline: {size: {absolute: 1MB, relative: 1e-2}, p95: {absolute: 2ms}, hints: 0}
defaults: {model: small, tolerance: float32, context: [app], disk: 2GiB}
"""
RICH = {**read(VALID), **read(RICH_PARTS)}  # as many kinds of keys and values as can be
RICH["variants"]["fat"]["workloads"] = ["predict", "serve"]
RICH["variants"]["thin"] |= {"device": "cuda", "gpu_fallback": True, "disk": 1}


SERVICE = read("""\
version: 1
reference: fat
service:
  http:
    port: 5000
    ready: /health
    request: {path: /predict, json: {features: [1, 2]}, headers: {Accept: text/plain}}
    expect: {status: 200, json: {$.a: 1}, same: [$.b], tolerance: 1e-6}
  container: {user: nobody, read_only: true, tmpfs: [/tmp], environment: {A: b}}
  timeout: 2min
defaults: {disk: 1GiB}
variants:
  fat: {changed: nothing, dockerfile: exporter.Dockerfile, context: [app], build_args: {A: b}}
  thin: {image: mine, after: fat}
""")
COMMAND = copy.deepcopy(SERVICE)
COMMAND["service"] = read("""\
command:
  arguments: [/data/x]
  entrypoint: [predict]
  files: {/data/x: torch.txt}
  expect: {exit_code: 0, text: {contains: setosa}}
""")
RICH_ONES = {"ladder": RICH, "service": SERVICE, "command": COMMAND}


def mappings(content: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(content, dict):
        yield path
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        if isinstance(value, (dict, list)):
            yield from mappings(value, (*path, key))


def places(content: Any, path: Path_ = ()) -> Iterator[Path_]:
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def at(content: Any, path: Path_) -> Any:
    for key in path:
        content = content[key]
    return content


BY_NAME = {("bases",), ("requirements",), ("models",), ("variants",), ("workloads",)}
BY_NAME |= {("verification", "tolerances"), ("budgets", "variants")}
ANYTHING = {"json", "headers", "environment", "build_args", "files", "features"}
CLOSED = [
    (name, path)
    for name, matrix in RICH_ONES.items()
    for path in mappings(matrix)
    if path not in BY_NAME and not ANYTHING & set(path)
]
PLACES = [(name, path) for name, matrix in RICH_ONES.items() for path in places(matrix)]


def named(value: Any) -> str:
    return value if isinstance(value, str) else ".".join(map(str, value))


def test_it_is_a_valid_schema_of_draft_7() -> None:
    assert SCHEMA["$schema"] == Draft7Validator.META_SCHEMA["$schema"]
    Draft7Validator.check_schema(SCHEMA)


def test_the_command_prints_it_and_the_copy_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = []
    for _ in range(2):
        with redirect_stdout(StringIO()) as out:
            slimbench.app(["schema"], standalone_mode=False)
        printed.append(out.getvalue())
    assert printed[0] == printed[1] == schema_text()
    current = COPY.read_text(encoding="utf-8")
    assert current == printed[0], "slimbench schema >docs/variants.schema.json"


def test_the_matrix_names_it_in_its_first_line() -> None:
    first, _, _ = (ROOT / "variants.yaml").read_text(encoding="utf-8").partition("\n")
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    assert (ROOT / found[1]).resolve() == COPY


def test_every_property_is_explained_with_valid_examples() -> None:
    assert len(PROPERTIES) > 70
    silent = [path for path, schema in PROPERTIES if not schema.get("description")]
    assert silent == []
    without = [path for path, schema in PROPERTIES if not schema.get("examples")]
    assert without == []
    wrong = [
        (path, example)
        for path, schema in PROPERTIES
        for example in schema["examples"]
        if list(Draft7Validator(schema).iter_errors(example))
    ]
    assert wrong == []


def test_a_key_without_explanation_would_be_noticed() -> None:
    silent = {"properties": {"a": {"items": {"properties": {"b": {"type": "string"}}}}}}
    assert [path for path, _ in properties({"anyOf": [silent]})] == ["a", "a.b"]


def matrices() -> Iterator[tuple[str, str]]:
    """Every matrix in the repository: whole files, and those in docs and tests."""
    yield "small_project.py", SMALL
    yield "test_matrix_file.py", VALID
    for path in sorted({*ROOT.glob("*.yaml"), *ROOT.glob("examples/**/*.yaml")}):
        if path.read_text(encoding="utf-8").find("\nversion: 1") >= 0:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("docs/**/*.md")):
        blocks = re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        yield from ((path.name, block) for block in blocks if block.startswith("version: 1"))


@pytest.mark.parametrize(("name", "text"), list(matrices()))
def test_it_accepts_every_matrix_of_the_repository(name: str, text: str) -> None:
    assert complaints(read(text)) == []
    assert complaints(yaml.safe_load(text)) == []


def test_those_are_all() -> None:
    assert {"variants.yaml", "matrix.md"} <= {name for name, _ in matrices()}


@pytest.mark.parametrize("name", RICH_ONES)
def test_the_rich_matrices_are_such(name: str, tmp_path: Path) -> None:
    assert problems(project(tmp_path), RICH_ONES[name]) == ()
    assert complaints(RICH_ONES[name]) == []


@pytest.mark.parametrize(("name", "path"), CLOSED, ids=named)
def test_an_unknown_key_is_refused_at_each_level(name: str, path: Path_, tmp_path: Path) -> None:
    content = copy.deepcopy(RICH_ONES[name])
    at(content, path)["varient"] = 1
    assert any("varient" in complaint for complaint in complaints(content))
    assert any("varient: is no key" in problem for problem in problems(project(tmp_path), content))


@pytest.mark.parametrize(
    ("name", "path"), [one for one in PLACES if isinstance(one[1][-1], str)], ids=named
)
def test_a_missing_key_is_refused_where_the_loader_does(
    name: str, path: Path_, tmp_path: Path
) -> None:
    content = copy.deepcopy(RICH_ONES[name])
    del at(content, path[:-1])[path[-1]]
    told = problems(project(tmp_path), content)
    missing = any(problem.endswith("is missing") for problem in told)
    if path != ("service",):  # without it, the loader still takes it for a service's matrix
        needed = missing or any("needs a 'registry'" in one for one in told)
        assert bool(complaints(content)) == needed
    assert told or not complaints(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("variants", "fat", "disk"), "2 parsecs"),
        (("limits", "memory"), "2Gib"),
        (("measurement", "max_time"), "6 minutes"),
        (("measurement", "precision"), True),
        (("measurement", "precision"), 2),
        (("measurement", "service", "rates"), [1, 1]),
        (("limits", "cpu_set"), 1),
        (("limits", "threads"), "1"),
        (("variants", "fat", "runtime"), "onyx"),
        (("variants", "thin", "gpu_fallback"), "yes"),
        (("bases", "slim", "registry"), "python:3.11"),
        (("variants", "Fat"), {}),
        (("workloads", "sevre"), {}),
        (("version",), 2),
        (("variants",), {}),
        (("variants", "fat"), None),
    ],
)
def test_both_refuse(path: Path_, value: Any, tmp_path: Path) -> None:
    content = copy.deepcopy(RICH)
    at(content, path[:-1])[path[-1]] = value
    assert problems(project(tmp_path), content)
    assert complaints(content)


# fmt: off
VALUES = st.sampled_from([
    None, True, 0, -1, 1, 1.5, 40, 8000, 10**6, "", "x", "slim", "fat", "1e-4", "2GiB", "6min",
    "torch.txt", "app", "train", [], ["app"], [1], [2, 1], {}, {"file": "torch.txt"},
    {"top1_agreement": 0.5}, "cuda", "auto", "0-3", "-1", "1_0", " 2 ", "nan",
])
# fmt: on


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_what_the_loader_allows_the_schema_allows(place: tuple[str, Path_], value: Any) -> None:
    name, path = place
    content = copy.deepcopy(RICH_ONES[name])
    at(content, path[:-1])[path[-1]] = value
    with tempfile.TemporaryDirectory() as folder:
        told = problems(project(Path(folder)), content)
    refused = complaints(content)
    if path[0] != "defaults":  # a wrong default that every variant overrides is let through
        assert told or not refused, refused
    within_shape = [one for one in told if not any(words in one for words in BEYOND_SHAPE)]
    assert refused or not within_shape, within_shape


SINGLE = (
    "base_source",
    "budgets",
    "limits",
    "measurement",
    "verification",
)  # not one for each name


def test_the_defaults_it_tells_are_the_real_ones(tmp_path: Path) -> None:
    """Written out, they change nothing."""
    told = copy.deepcopy(RICH)
    for path, schema in LADDER:
        *above, key = path.split(".")
        if "default" in schema and path.split(".")[0] in SINGLE:
            place = told
            for part in above:
                place = place.setdefault(part, {})
            place.setdefault(key, schema["default"])
    for name, base in told["bases"].items():
        told["bases"][name] = {**_defaults("bases."), **base}
    told["exporter"] = {**_defaults("exporter."), **told["exporter"], "context": ["app"]}
    for name, recipe in told["variants"].items():
        told["variants"][name] = {**_defaults("variants."), **told["defaults"], **recipe}
    shown = copy.deepcopy(RICH)
    shown["exporter"]["context"] = ["app"]
    folder = project(tmp_path)
    assert _loaded(folder, told) == _loaded(folder, shown)


def _defaults(prefix: str) -> dict[str, Any]:
    found = ((path[len(prefix) :], s) for path, s in LADDER if path.startswith(prefix))
    return {key: s["default"] for key, s in found if "default" in s and "." not in key}


def _loaded(folder: Path, content: Any) -> Any:
    path = folder / "variants.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_matrix(path)
