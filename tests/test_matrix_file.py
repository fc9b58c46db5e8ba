"""The matrix: its shape, the rules between its parts, defaults, digest and selection."""

from __future__ import annotations

import copy
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import ConfigurationError, NothingSelected
from builders.matrix import Matrix, WeightsFile
from builders.matrix_file import load_matrix, select
from builders.units import size_bytes

DIGEST = "@sha256:" + "0" * 64
VALID = f"""\
version: 1
reference: fat
bases:
  slim:
    registry: registry.example/slim{DIGEST}
    bootstrap: {{suite: bookworm, variant: minbase, packages: [python3]}}
  bare:
    bootstrap: {{suite: bookworm, variant: extract, packages: [python3]}}
requirements:
  torch: torch.txt
exporter:
  dockerfile: exporter.Dockerfile
  base: slim
  requirements: torch
models:
  small:
    weights: auto
limits:
  cpu_set: "0"
  memory: 2GiB
verification:
  tolerances: {{float32: 1e-4}}
measurement:
  warmups: 3
defaults:
  model: small
  tolerance: float32
  context: [app]
variants:
  fat:
    changed: nothing
    base: slim
    requirements: torch
    runtime: torchscript
  thin:
    changed: base
    after: fat
    base: bare
    requirements: torch
    runtime: onnx
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


def project(folder: Path) -> Path:
    (folder / "dockerfiles").mkdir()
    (folder / "app").mkdir()
    for name in ("dockerfiles/fat", "dockerfiles/thin", "exporter"):
        (folder / f"{name}.Dockerfile").write_text("FROM scratch\n")
    (folder / "torch.txt").write_text("\n")
    return folder


def load(folder: Path, text: str) -> Matrix:
    path = folder / "variants.yaml"
    path.write_text(text, encoding="utf-8")
    return load_matrix(path)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text)
    return [line.replace(f"{folder}/", "") for line in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert VALID.count(old) == 1, old
    return VALID.replace(old, new)


def test_the_shipped_matrix_is_valid() -> None:
    matrix = load_matrix(Path(__file__).parents[1] / "variants.yaml")
    names = "fat cpu-torch slim multistage distroless onnx distroless-onnx onnx-gpu"
    assert [one.name for one in matrix.variants] == [*names.split(), "distroless-onnx-int8"]


def test_defaults_fill_what_a_variant_leaves_out(folder: Path) -> None:
    matrix = load(folder, VALID)
    thin = matrix.variant("thin")
    assert (thin.model, thin.tolerance, thin.context) == ("small", "float32", ("app",))
    assert thin.dockerfile == "dockerfiles/thin.Dockerfile"
    assert thin.after == "fat"
    assert matrix.folder == folder.resolve()


def test_a_variant_overrides_the_defaults(folder: Path) -> None:
    text = VALID + "    context: [torch.txt]\n    dockerfile: exporter.Dockerfile\n"
    thin = load(folder, text).variant("thin")
    assert (thin.context, thin.dockerfile) == (("torch.txt",), "exporter.Dockerfile")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("512MiB", 512 * 1024**2),
        ("2GiB", 2 * 1024**3),
        ("2 GB", 2 * 1000**3),
        ("70000kB", 70_000_000),
        ("100000KiB", 102_400_000),
        ("100MB", 100_000_000),
        ("99000000B", 99_000_000),
        ("99000000", 99_000_000),
    ],
)
def test_memory_is_a_size(folder: Path, size: str, expected: int) -> None:
    assert load(folder, changed("2GiB", size)).limits.memory_bytes == expected


@pytest.mark.parametrize("size", ["2gib", "-5", "1.5GiB", "GiB", "2 G iB", "", 2.5, True, None])
def test_other_sizes_are_refused(size: object) -> None:
    with pytest.raises(ValueError, match="must be a size such as 512MiB, 2GiB, 2GB or a number"):
        size_bytes(size)


def test_weights_may_be_a_file_anywhere(folder: Path, tmp_path: Path) -> None:
    weights = tmp_path / "own.pt"
    weights.write_bytes(b"")
    matrix = load(folder, changed("weights: auto", f"weights: {{file: {weights}}}"))
    assert matrix.models["small"].weights == WeightsFile(file=str(weights))


# Each case changes one place of the valid matrix and names all the problems that follow.
SHAPE = [
    (
        "version: 1\n",
        "version: 2\n",
        "1: version: must be 1, not 2",
    ),
    ("reference: fat\n", "", "1: reference: is missing"),
    (
        "reference: fat",
        "refrence: fat",
        "2: refrence: is no key that is known here; perhaps you meant 'reference'",
    ),
    ("reference: fat", "reference: fat\nfolder: x", "3: folder: is no key that is known here"),
    (
        "reference: fat",
        "reference: fat\nbase_source: pul",
        "3: base_source: must be 'auto', 'pull' or 'bootstrap', not 'pul'; "
        "perhaps you meant 'pull'",
    ),
    (
        DIGEST,
        ":latest",
        "5: bases.slim.registry: 'registry.example/slim:latest' must be pinned by digest, "
        "as in NAME:TAG@sha256: and 64 hexadecimal digits",
    ),
    (
        "variant: minbase",
        "varient: minbase",
        "6: bases.slim.bootstrap.varient: is no key that is known here; "
        "perhaps you meant 'variant'",
    ),
    (
        "variant: extract",
        "variant: extracted",
        "8: bases.bare.bootstrap.variant: must be 'minbase' or 'extract', not 'extracted'; "
        "perhaps you meant 'extract'",
    ),
    (
        "    weights: auto",
        "    weights: autp",
        "17: models.small.weights: must be 'auto', 'pretrained' or 'seeded', not 'autp'; "
        "perhaps you meant 'auto'",
    ),
    (
        "    weights: auto",
        "    weights: {fiel: x}",
        "17: models.small.weights.fiel: is no key that is known here; perhaps you meant 'file'",
    ),
    (
        "    weights: auto",
        "    weights: {file: 5}",
        "17: models.small.weights.file: must be text, not 5; put it in quotes",
    ),
    (
        "    weights: auto",
        "    seed: -1",
        "17: models.small.seed: must be at least 0, not -1",
    ),
    (
        'cpu_set: "0"',
        "cpu_set: 0",
        "19: limits.cpu_set: must be text, not 0; put it in quotes",
    ),
    ('cpu_set: "0"', "cpu_set:", "19: limits.cpu_set: must be text, not nothing"),
    ('cpu_set: "0"', "cpu_set: [0]", "19: limits.cpu_set: must be text, not a list"),
    (
        'cpu_set: "0"',
        "cpu_set: all",
        "19: limits.cpu_set: 'all' must be a list of CPU numbers such as '0', '0-3' or '0,2'",
    ),
    (
        "memory: 2GiB",
        "memory: lots",
        "20: limits.memory: must be a size such as 512MiB, 2GiB, 2GB or a number of bytes",
    ),
    (
        "memory: 2GiB",
        "memory: 1MiB",
        "20: limits.memory: must be at least 64MiB: with less, Python itself hardly starts",
    ),
    (
        "memory: 2GiB",
        "memory_bytes: 100000000",
        "20: limits.memory_bytes: is no key that is known here; perhaps you meant 'memory'",
    ),
    (
        "float32: 1e-4",
        "float32: true",
        "22: verification.tolerances.float32: must be a number, not true",
    ),
    (
        "float32: 1e-4",
        "float32: small",
        "22: verification.tolerances.float32: must be a number, not 'small'",
    ),
    (
        "float32: 1e-4",
        "float32: 2",
        "22: verification.tolerances.float32: must be at most 1, not 2",
    ),
    (
        "float32: 1e-4",
        "float32: .nan",
        "22: verification.tolerances.float32: must be at least 0, not nan",
    ),
    (
        "float32: 1e-4",
        "float32: {top1_agreement: 2}",
        "22: verification.tolerances.float32.top1_agreement: must be at most 1, not 2",
    ),
    (
        "float32: 1e-4",
        "float32: {top1_agrement: 0.8}",
        "22: verification.tolerances.float32.top1_agrement: is no key that is known here; "
        "perhaps you meant 'top1_agreement'",
    ),
    (
        "  tolerances: {float32: 1e-4}",
        "  tolerances: {float32: 1e-4, int8: {top1_agreement: 0.8}}\n  samples: 39",
        "21: verification: needs at least 40 'samples' where a tolerance is a share of the "
        "pictures",
    ),
    (
        "warmups: 3",
        "warmups: yes",
        "24: measurement.warmups: must be a whole number, not true",
    ),
    (
        "  warmups: 3",
        "  - warmups",
        "23: measurement: must be a mapping of keys to values, not a list",
    ),
    (
        "  context: [app]",
        "  context: app",
        "28: defaults.context: must be a list, not 'app'",
    ),
    (
        "  context: [app]",
        "  context: [app, 5]",
        "28: defaults.context[1]: must be text, not 5; put it in quotes",
    ),
    (
        "  context: [app]",
        "  contxt: [app]\n  context: [app]",
        "28: defaults.contxt: is no key that is known here; perhaps you meant 'context'",
    ),
    (
        "    changed: nothing",
        "    changed: nothing\n    name: other",
        "32: variants.fat.name: is no key that is known here",
    ),
    (
        "    changed: nothing",
        '    changed: "\\uD800"',
        "31: variants.fat.changed: holds a character that is no text",
    ),
    (
        "runtime: onnx",
        "runtime: onxx",
        "40: variants.thin.runtime: must be 'torchscript', 'onnx', 'onnx-int8' or 'torch',"
        " not 'onxx'; perhaps you meant 'onnx'",
    ),
    ("runtime: onnx", "runtime: onnx\n  two:", "41: variants.two: must be a mapping of keys to "
     "values, not nothing"),
]  # fmt: skip

REFERENCES = [
    (
        "reference: fat",
        "reference: fatt",
        "2: reference: there is no variant 'fatt'; perhaps you meant 'fat'",
    ),
    (
        "  base: slim\n  requirements",
        "  base: slin\n  requirements",
        "13: exporter.base: there is no base 'slin'; perhaps you meant 'slim'",
    ),
    (
        "  requirements: torch\nmodels",
        "  requirements: torhc\nmodels",
        "14: exporter.requirements: there is no requirement set 'torhc'; perhaps you meant 'torch'",
    ),
    (
        "  model: small",
        "  model: samll",
        "26: defaults.model: there is no model 'samll'; perhaps you meant 'small'",
    ),
    (
        "  tolerance: float32",
        "  tolerance: x",
        "27: defaults.tolerance: there is no tolerance 'x'; add it under 'verification.tolerances'",
    ),
    (
        "    after: fat",
        "    after: fta",
        "37: variants.thin.after: there is no variant 'fta'; perhaps you meant 'fat'",
    ),
    (
        "    after: fat",
        "    after: thin",
        "37: variants.thin.after: a variant can't come after itself; name another, "
        "or leave 'after' out for the first",
    ),
    (
        "    changed: nothing",
        "    changed: nothing\n    after: thin",
        "32: variants.fat.after: goes in a circle, fat -> thin -> fat; "
        "leave 'after' out at the first rung",
    ),
    (
        "    base: bare",
        "    base: bar",
        "38: variants.thin.base: there is no base 'bar'; perhaps you meant 'bare'",
    ),
    (
        "    base: bare",
        "    base: bare\n    build_base: slimm",
        "39: variants.thin.build_base: there is no base 'slimm'; perhaps you meant 'slim'",
    ),
    (
        "    requirements: torch\n    runtime: onnx",
        "    requirements: toch\n    runtime: onnx",
        "39: variants.thin.requirements: there is no requirement set 'toch'; "
        "perhaps you meant 'torch'",
    ),
    (
        "requirements:\n  torch: torch.txt",
        "  no: {}\nrequirements:\n  torch: torch.txt",
        '9: bases.no: must be text to be a key; write it as "no"\n'
        "9: bases.no: needs a 'registry', a 'bootstrap' recipe or both",
    ),
    (
        "reference: fat",
        "reference: fat\nbase_source: pull",
        "8: bases.bare: has no 'registry', which base_source 'pull' asks for; add it, or use auto",
    ),
]

PATHS = [
    (
        "torch: torch.txt",
        "torch: trch.txt",
        "10: requirements.torch: 'trch.txt' doesn't exist; create it or name another; "
        "perhaps you meant 'torch.txt'",
    ),
    (
        "torch: torch.txt",
        "torch: app",
        "10: requirements.torch: 'app' is a folder; name a file",
    ),
    (
        "torch: torch.txt",
        "torch: /etc/hostname",
        "10: requirements.torch: '/etc/hostname' must be relative to the folder of the matrix file",
    ),
    (
        "torch: torch.txt",
        "torch: ../torch.txt",
        "10: requirements.torch: '../torch.txt' leads out of the folder of the matrix file",
    ),
    (
        "torch: torch.txt",
        'torch: "a\\0b"',
        "10: requirements.torch: holds a character that is no text\n"
        "10: requirements.torch: 'a\\x00b' can't be a path",
    ),
    (
        "exporter.Dockerfile",
        "exportr.Dockerfile",
        "12: exporter.dockerfile: 'exportr.Dockerfile' doesn't exist; create it or name another; "
        "perhaps you meant 'exporter.Dockerfile'",
    ),
    (
        "    weights: auto",
        "    weights: {file: own.pt}",
        "17: models.small.weights.file: 'own.pt' doesn't exist; create it or name another",
    ),
    (
        "    weights: auto",
        "    weights: {file: /no/own.pt}",
        "17: models.small.weights.file: '/no/own.pt' doesn't exist; create it or name another",
    ),
    (
        "    weights: auto",
        "    weights: {file: ../own.pt}",
        "17: models.small.weights.file: '../own.pt' leads out of the folder of the matrix file",
    ),
    (
        "  context: [app]",
        "  context: [app, lib]",
        "28: defaults.context[1]: 'lib' doesn't exist; create it or name another",
    ),
    (
        "  thin:",
        "  thinn:",
        "35: variants.thinn.dockerfile: 'dockerfiles/thinn.Dockerfile' doesn't exist; "
        "create it or name another; perhaps you meant 'dockerfiles/thin.Dockerfile'",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), SHAPE + REFERENCES + PATHS)
def test_a_wrong_place_is_told_with_line_key_and_likely_word(
    folder: Path, old: str, new: str, expected: str
) -> None:
    found = problems(folder, changed(old, new))
    assert found == [f"variants.yaml:{line}" for line in expected.split("\n")]


def test_a_name_must_fit_an_image_tag(folder: Path) -> None:
    (folder / "dockerfiles/Thin.Dockerfile").write_text("")
    words = "must be made of lower case letters and digits, with single '-' or '_' between them"
    assert problems(folder, changed("  thin:", "  Thin:")) == [
        f"variants.yaml:35: variants.Thin: 'Thin' {words}"
    ]
    assert problems(folder, changed("  thin:", f"  {'x' * 65}:"))[0] == (
        f"variants.yaml:35: variants.{'x' * 65}: must have at most 64 characters"
    )


def test_no_variants_are_a_problem(folder: Path) -> None:
    top = VALID[: VALID.index("variants:")]
    fat = "variants.yaml:2: reference: there is no variant 'fat'; add it under 'variants'"
    assert problems(folder, top + "variants: {}") == [
        fat, "variants.yaml:29: variants: must not be empty",
    ]  # fmt: skip
    assert problems(folder, top + "variants: [x]") == [
        "variants.yaml:29: variants: must be a mapping of keys to values, not a list"
    ]


def test_all_variants_have_the_model_of_the_reference(folder: Path) -> None:
    two = changed("    weights: auto\n", "    weights: auto\n  large: {}\n")
    what = "must be the reference's model 'small', as answers are compared; not 'large'"
    assert problems(folder, two + "    model: large\n") == [
        f"variants.yaml:42: variants.thin.model: {what}"
    ]
    assert problems(folder, two.replace("changed: nothing", "model: large")) == [
        "variants.yaml:27: defaults.model: must be the reference's model 'large', "
        "as answers are compared; not 'small'",
        "variants.yaml:31: variants.fat.changed: is missing",
    ]
    assert load(folder, two.replace("  model: small", "  model: large")).variant("thin")


def test_a_link_out_of_the_folder_is_a_problem(folder: Path, tmp_path_factory: Any) -> None:
    (folder / "link").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    found = problems(folder, changed("context: [app]", "context: [link]"))
    assert "'link' leads out of the folder" in found[0]


def test_bootstrap_is_asked_of_used_bases_only(folder: Path) -> None:
    (folder / "t").mkdir()
    text = changed(
        "    bootstrap: {suite: bookworm, variant: minbase, packages: [python3]}\n", ""
    ).replace("reference: fat", "reference: fat\nbase_source: bootstrap")
    what = "has no 'bootstrap', which base_source 'bootstrap' asks for; add it, or use auto"
    assert problems(folder, text) == [f"variants.yaml:5: bases.slim: {what}"]
    assert load(folder, text.replace("base: slim", "base: bare")).base_source == "bootstrap"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "variants.yaml: is empty; docs/matrix.md says what belongs into it"),
        ("# nothing\n", "variants.yaml: is empty; docs/matrix.md says what belongs into it"),
        ("[]", "variants.yaml:1: must be a mapping of keys to values, as in docs/matrix.md"),
        ("x", "variants.yaml:1: must be a mapping of keys to values, as in docs/matrix.md"),
    ],
)
def test_a_file_that_is_no_mapping_is_one_problem(folder: Path, text: str, problem: str) -> None:
    assert problems(folder, text) == [problem]


def test_all_problems_come_at_once_in_the_order_of_lines(folder: Path) -> None:
    text = VALID
    for old, new in [
        ("version: 1", "version: 1\nversion: 1"),
        ("threads", "thread"),
        ("base: bare", "base: bear"),
        ("torch.txt", "no.txt"),
        ("warmups: 3", "warmups: x"),
        ("    runtime: onnx", "    runtim: onnx"),
    ]:
        text = text.replace(old, new)
    found = problems(folder, text)
    assert [line.split(":")[1] for line in found] == ["2", "11", "25", "39", "41"]
    with pytest.raises(ConfigurationError, match="5 problems in the matrix; correct the file"):
        load(folder, text)


def test_comments_key_order_and_anchors_leave_the_digest(folder: Path) -> None:
    digest = load(folder, VALID).digest
    spelled = VALID.replace("weights: auto", "weights: &auto auto # comment")
    spelled = spelled.replace("    base: bare", "    model: small\n    base: bare")
    assert load(folder, spelled.replace("2GiB", "2147483648")).digest == digest


def test_a_default_that_is_written_out_leaves_the_digest(folder: Path) -> None:
    digest = load(folder, VALID).digest
    assert load(folder, changed("reference: fat", "reference: fat\nbase_source: auto")).digest == (
        digest
    )


@pytest.mark.parametrize(
    ("old", "new"), [("2GiB", "3GiB"), ("changed: base", "changed: bass"), ("1e-4", "2e-4")]
)
def test_another_meaning_has_another_digest(folder: Path, old: str, new: str) -> None:
    assert load(folder, VALID).digest != load(folder, changed(old, new)).digest


def test_the_order_of_variants_is_a_part_of_the_meaning(folder: Path) -> None:
    data = yaml.safe_load(VALID)
    data["variants"] = dict(reversed(data["variants"].items()))
    other = load(folder, yaml.safe_dump(data, sort_keys=False))
    assert [variant.name for variant in other.variants] == ["thin", "fat"]
    assert other.digest != load(folder, VALID).digest


def test_the_digest_does_not_depend_on_the_folder(folder: Path, tmp_path_factory: Any) -> None:
    elsewhere = project(tmp_path_factory.mktemp("elsewhere"))
    assert load(folder, VALID).digest == load(elsewhere, VALID).digest


def shuffled(data: Any, order: random.Random, path: tuple[str, ...] = ()) -> Any:
    if not isinstance(data, dict):
        return data
    keys = list(data)
    if path != ("variants",):
        order.shuffle(keys)
    return {key: shuffled(data[key], order, (*path, key)) for key in keys}


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False), st.booleans())
def test_permuted_keys_mean_the_same(order: random.Random, is_flow: bool) -> None:
    data = yaml.safe_load(VALID)
    with tempfile.TemporaryDirectory() as name:
        folder = project(Path(name))
        text = yaml.safe_dump(
            shuffled(copy.deepcopy(data), order), sort_keys=False, default_flow_style=is_flow
        )
        assert load(folder, text) == load(folder, VALID)


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
        st.sampled_from(["fat", "thin", "slim", "torch", "auto", "onnx", "2GiB", "../x", "/"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every mapping or list of the data with each of its keys or indexes."""
    keys = list(data) if isinstance(data, dict) else list(range(len(data)))
    inner = [place for key in keys if isinstance(data[key], (dict, list)) for place in
             places(data[key])]  # fmt: skip
    return [(data, key) for key in keys] + inner


def loaded_or_told(folder: Path, text: str) -> tuple[str, ...]:
    try:
        load(folder, text)
    except ConfigurationError as error:
        return error.problems
    return ()


@settings(deadline=None)
@given(st.data(), anything)
def test_nothing_in_any_place_fails_in_another_way(data: st.DataObject, value: Any) -> None:
    content = yaml.safe_load(VALID)
    parent, key = data.draw(st.sampled_from(places(content)))
    parent[key] = value
    with tempfile.TemporaryDirectory() as name:
        folder = project(Path(name))
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=False)
        told = loaded_or_told(folder, text)
        assert all(len(line.splitlines()) == 1 for line in told)
        assert not any("pydantic" in line or "Input should" in line for line in told)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_a_matrix(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "variants.yaml"
        path.write_bytes(content)
        with pytest.raises(ConfigurationError) as caught:
            load_matrix(path)
        assert caught.value.problems


def names(matrix: Matrix, *wanted: str) -> list[str]:
    return [variant.name for variant in select(matrix, wanted)]


def test_selection_keeps_the_order_of_the_matrix(folder: Path) -> None:
    matrix = load(folder, VALID)
    assert names(matrix) == ["fat", "thin"]
    assert names(matrix, "thin", "fat", "thin") == ["fat", "thin"]
    assert names(matrix, "th*") == ["thin"]


def test_an_unknown_name_is_told_with_the_likely_one(folder: Path) -> None:
    matrix = load(folder, VALID)
    with pytest.raises(ConfigurationError) as caught:
        select(matrix, ["thinn", "fat", "zzz"])
    assert caught.value.problems == (
        "there is no variant 'thinn'; perhaps you meant 'thin'",
        "there is no variant 'zzz'",
    )
    assert caught.value.next_step == "there are fat, thin"


@pytest.mark.parametrize("wanted", ["", " ", "x*"])
def test_a_selection_without_a_variant_says_what_there_is(folder: Path, wanted: str) -> None:
    with pytest.raises(NothingSelected, match=r"no variant matches .*; there are fat, thin"):
        select(load(folder, VALID), [wanted])
