"""`docs/matrix.md` names every key, and its example is a valid matrix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from builders import matrix, own_service, service_matrix
from builders.matrix_file import load_matrix
from builders.measurement_settings import MeasurementSettings
from builders.scenario_settings import ScenarioSettings
from builders.service_settings import ServiceSettings
from builders.training_settings import TrainingSettings

DOCS = (Path(__file__).parents[1] / "docs/matrix.md").read_text(encoding="utf-8")
SECTIONS: list[tuple[str, type[BaseModel]]] = [
    ("", matrix.MatrixContent),
    ("", matrix.Base),
    ("bootstrap.", matrix.Bootstrap),
    ("", matrix.Exporter),
    ("", matrix.Model),
    ("limits.", matrix.Limits),
    ("verification.", matrix.VerificationSettings),
    ("measurement.", MeasurementSettings),
    ("measurement.scenarios.", ScenarioSettings),
    ("measurement.training.", TrainingSettings),
    ("measurement.service.", ServiceSettings),
    ("", matrix.Recipe),
    ("", service_matrix.ServiceMatrixContent),
    ("", service_matrix.ServiceRecipe),
    ("service.", own_service.Service),
    ("service.container.", own_service.ContainerSettings),
    ("service.http.", own_service.HttpService),
    ("service.http.request.", own_service.Request),
    ("service.http.expect.", own_service.HttpExpectation),
    ("service.command.", own_service.CommandService),
    ("service.command.expect.", own_service.CommandExpectation),
]
AS_VALUES = {"2GiB": 2 * 1024**3, "1min": 60, "10min": 600, "false": False}  # as the file has them


@pytest.mark.parametrize(("prefix", "model"), SECTIONS)
def test_every_key_is_told(prefix: str, model: type[BaseModel]) -> None:
    keys = [prefix + (field.alias or name) for name, field in model.model_fields.items()]
    if model is matrix.Base:
        keys.remove("bootstrap")  # told by the keys in it
    assert [key for key in keys if f"\n| `{key}` |" not in DOCS] == []


@pytest.mark.parametrize(("prefix", "model"), [s for s in SECTIONS if s[0].count(".") == 1])
def test_the_defaults_that_are_told_are_the_real_ones(prefix: str, model: type[BaseModel]) -> None:
    told = dict(re.findall(rf"\n\| `{prefix}(\w+)` \|.*\| `\"?([^`\"]+)\"?` \|", DOCS))
    fields = {f.alias or name: f.default for name, f in model.model_fields.items()}
    assert {key: str(AS_VALUES.get(value, value)) for key, value in told.items()} == {
        key: str(fields[key]) for key in fields if isinstance(fields[key], (int, float, str))
    }


def test_the_example_is_valid(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert example
    for name in re.findall(r"[\w./]+\.txt|[\w./]+\.pt|\w+/exporter\.Dockerfile|service/Dockerfile",
                           example[1]):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "inference").mkdir()
    path = tmp_path / "variants.yaml"
    path.write_text(example[1], encoding="utf-8")
    assert [variant.name for variant in load_matrix(path).variants] == ["mine"]
