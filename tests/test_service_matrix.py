"""Matrices of services of the user's own: what they may say, and every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.errors import ConfigurationError
from builders.matrix import WHOLE_FOLDER, Matrix
from builders.matrix_file import load_matrix
from builders.plan import tag_of

DIGEST = "@sha256:" + "0" * 64
HTTP = f"""\
version: 1
reference: full
service:
  http:
    port: 5000
    ready: /health
    request:
      path: /predict
      json: {{features: [1, 2]}}
    expect:
      json: {{$.species: setosa}}
bases:
  slim: {{registry: "registry.example/slim{DIGEST}"}}
requirements:
  set: set.txt
defaults:
  base: slim
variants:
  full:
    changed: nothing
    dockerfile: Dockerfile
  slim:
    changed: base
    after: full
    dockerfile: slim.Dockerfile
    requirements: set
    context: [app.py]
    build_args: {{FLAVOUR: small}}
  theirs:
    changed: as it runs today
    image: registry.example/theirs:1
"""
COMMAND = """\
version: 1
reference: full
service:
  command:
    arguments: [/data/one.json]
    files: {/data: samples}
    expect: {exit_code: 0, json: {"$.score": 0.5}, tolerance: 0.1}
  container: {user: "1000", read_only: true, tmpfs: [/tmp], capabilities: none}
  timeout: 5s
variants:
  full: {dockerfile: Dockerfile}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "My Iris!"
    (root / "samples").mkdir(parents=True)
    for name in ("Dockerfile", "slim.Dockerfile", "app.py", "photo.jpg"):
        (root / name).write_text("FROM scratch\n")
    (root / "set.txt").write_text("flask==3 --hash=sha256:00\n")
    return root


def load(folder: Path, text: str) -> Matrix:
    (folder / "variants.yaml").write_text(text, encoding="utf-8")
    return load_matrix(folder / "variants.yaml")


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text)
    return [line.replace(f"{folder}/", "") for line in caught.value.problems]


def changed(old: str, new: str, text: str = HTTP) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_a_service_over_http(folder: Path) -> None:
    matrix = load(folder, HTTP)
    assert (matrix.workload, matrix.edition) == ("http", "")
    assert matrix.service is not None
    assert matrix.service.http is not None
    assert matrix.service.http.request.json_body == {"features": [1, 2]}
    assert matrix.service.timeout_s == 60


def test_what_each_variant_is_made_of(folder: Path) -> None:
    full, slim, theirs = load(folder, HTTP).variants
    assert (full.base, full.context, full.requirements) == ("slim", WHOLE_FOLDER, "")
    assert (slim.context, slim.requirements) == (("app.py",), "set")
    assert dict(slim.build_args) == {"FLAVOUR": "small"}
    assert (theirs.image, theirs.base, theirs.dockerfile) == ("registry.example/theirs:1", "", "")


def test_images_are_named_after_the_folder(folder: Path) -> None:
    names = [tag_of(variant) for variant in load(folder, HTTP).variants]
    assert names[:2] == ["slimbench/my-iris/full:latest", "slimbench/my-iris/slim:latest"]
    assert names[2] == "registry.example/theirs:1"


def test_the_folders_name_is_no_part_of_the_meaning(folder: Path) -> None:
    before = load(folder, HTTP).digest
    moved = folder.rename(folder.with_name("elsewhere"))
    assert load(moved, HTTP).digest == before
    assert load(moved, changed("setosa", "virginica")).digest != before


def test_a_command(folder: Path) -> None:
    matrix = load(folder, COMMAND)
    assert matrix.workload == "command"
    assert matrix.service is not None
    assert matrix.service.command is not None
    assert dict(matrix.service.command.files) == {"/data": "samples"}
    assert matrix.service.container.user == "1000"
    assert matrix.service.timeout_s == 5


@pytest.mark.parametrize(("workload", "model"), [("serve", None), ("predict", "resnet50")])
def test_there_is_no_other_workload_and_no_model(
    folder: Path, workload: str, model: str | None
) -> None:
    load(folder, HTTP)
    with pytest.raises(ConfigurationError, match=r"leave --(workload|model) out"):
        load_matrix(folder / "variants.yaml", workload, model)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed("port: 5000", "prot: 5000"), "5: service.http.prot: is no key that is known here; "
         "perhaps you meant 'port'"),
        (changed("service:\n", "servise:\n"), "3: servise: is no key that is known here; "
         "perhaps you meant 'service'"),
        (changed("5000", "70000"), "5: service.http.port: must be at most 65535, not 70000"),
        (changed("ready: /health", "ready: health"),
         "6: service.http.ready: must begin with '/', and hold no '..'"),
        (changed("{$.species: setosa}", '{"$[": setosa}'), "11: service.http.expect.json.$[: "
         "must be a JSON path such as $.score or $.items[0] (unexpected end of query)"),
        (changed("{features: [1, 2]}", "1\n      body: photo.jpg"),
         "7: service.http.request: can send only one of 'json', 'body' and 'form'"),
        (changed("json: {features: [1, 2]}", "form: {file: photo.png}"),
         "9: service.http.request.form.file: 'photo.png' doesn't exist; create it or name another"),
        (changed("json: {features: [1, 2]}", "body: ../secret"),
         "9: service.http.request.body: '../secret' leads out of the folder of the matrix file"),
        (changed("json: {$.species: setosa}", "text: {contains: a, equals: b}"),
         "11: service.http.expect.text: needs one of 'equals', 'contains' and 'matches'"),
        (changed("json: {$.species: setosa}", "text: {matches: '['}"),
         "11: service.http.expect.text.matches: must be a regular expression of Python's "
         "(unterminated character set at position 0)"),
        (changed("json: {$.species: setosa}", "tolerance: yes"),
         "11: service.http.expect.tolerance: must be a number, not true"),
        (changed("  http:\n", "  command: {}\n  http:\n"), "3: service: needs one of 'http' and "
         "'command'"),
        (changed("  base: slim\n", "  base: slime\n"),
         "17: defaults.base: there is no base 'slime'; perhaps you meant 'slim'"),
        (changed("requirements: set\n", "requirements: sets\n"),
         "26: variants.slim.requirements: there is no requirement set 'sets'; perhaps you meant "
         "'set'"),
        (changed("after: full", "after: ful"),
         "24: variants.slim.after: there is no variant 'ful'; perhaps you meant 'full'"),
        (changed("    image: registry", "    dockerfile: Dockerfile\n    image: registry"),
         "29: variants.theirs: has an 'image', which isn't built, and so no 'dockerfile'"),
        (changed("    dockerfile: slim.Dockerfile\n", ""),
         "22: variants.slim: needs a 'dockerfile' or an 'image'"),
        (changed("dockerfile: slim.Dockerfile", "dockerfile: slin.Dockerfile"),
         "25: variants.slim.dockerfile: 'slin.Dockerfile' doesn't exist; create it or name another"
         "; perhaps you meant 'slim.Dockerfile'"),
        (changed("requirements: set\n", "requirements: set\n    base:\n"),
         "22: variants.slim: has 'requirements', and so needs a 'base' with the right Python"),
        (changed("defaults:", "models: {}\ndefaults:"), "16: models: is no key that is known here"),
        (changed("arguments: [/data/one.json]", "arguments: /data/one.json", COMMAND),
         "5: service.command.arguments: must be a list, not '/data/one.json'"),
        (changed("{/data: samples}", "{data: samples}", COMMAND),
         "6: service.command.files.data: must begin with '/', and hold no '..'"),
        (changed("{/data: samples}", "{/data: sample}", COMMAND),
         "6: service.command.files./data: 'sample' doesn't exist; create it or name another; "
         "perhaps you meant 'samples'"),
        (changed("capabilities: none", "capabilities: nome", COMMAND),
         "8: service.container.capabilities: must be 'default' or 'none', not 'nome'; perhaps you "
         "meant 'none'"),
        (changed("timeout: 5s", "timeout: soon", COMMAND), "9: service.timeout: must be a duration "
         "of a second or more, such as 90s, 10min or 1h"),
    ],
)  # fmt: skip
def test_problems_are_told(folder: Path, text: str, expected: str) -> None:
    assert f"variants.yaml:{expected}" in problems(folder, text)


def test_all_problems_come_at_once(folder: Path) -> None:
    text = changed("5000", "0").replace("/health", "health").replace("after: full", "after: ful")
    assert [line.split(": ")[1] for line in problems(folder, text)] == [
        "service.http.port",
        "service.http.ready",
        "variants.slim.after",
    ]
