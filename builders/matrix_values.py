"""What the parts of the matrix are made of; each type tells its form in the schema, too."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from builders.units import (
    DURATION_PATTERN,
    SIZE_PATTERN,
    TIME_PATTERN,
    duration_ms,
    duration_s,
    size_bytes,
)

_NAME = r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$"
_REGISTRY = r"^[^\s@]+@sha256:[0-9a-f]{64}$"
_CPU_SET = r"^\d+(-\d+)?(,\d+(-\d+)?)*$"
_DECIMAL = r"^\s*[-+]?[0-9_]*\.?[0-9_]+\.?([eE][-+]?[0-9_]+)?\s*$"
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum"}
PATTERN_WORDS: Mapping[str, str] = {
    _NAME: "made of lower case letters and digits, with single '-' or '_' between them",
    _REGISTRY: "pinned by digest, as in NAME:TAG@sha256: and 64 hexadecimal digits",
    _CPU_SET: "a list of CPU numbers such as '0', '0-3' or '0,2'",
}


class Frozen(BaseModel):
    """No unknown key, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def number(value: object) -> object:
    """Pydantic would take true for 1; text it may take, since to YAML 1e-4 is text."""
    if isinstance(value, bool):
        raise ValueError(f"must be a number, not {str(value).lower()}")
    return value


class _OrText:
    """A number's schema, which allows text as `number` does, and in whose words bounds are told.

    Pydantic leaves bounds that stand after a validator in its own words.
    """

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        plain = {_BOUNDS.get(word, word): value for word, value in handler(core).items()}
        return {"anyOf": [plain, {"type": "string", "pattern": _DECIMAL}]}


class _Written:
    """The schema of what is written with a unit: text of this form, or a plain number."""

    def __init__(self, pattern: str, **plain: Any) -> None:
        text = {"type": "string", "pattern": pattern}
        self._schema = {"anyOf": [plain, text]} if plain else text

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return deepcopy(self._schema)  # some versions of pydantic write into it


OR_TEXT = _OrText()
UNIQUE: dict[str, Any] = {"uniqueItems": True}
Name = Annotated[str, Field(pattern=_NAME, max_length=64)]
PinnedImage = Annotated[str, Field(pattern=_REGISTRY)]
CpuSet = Annotated[str, Field(pattern=_CPU_SET)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True)]
Number = Annotated[Count, Field(ge=0)]
Difference = Annotated[float, BeforeValidator(number), Field(ge=0, le=1), OR_TEXT]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
Share = Annotated[float, BeforeValidator(number), Field(ge=0.001, le=1), OR_TEXT]
Size = Annotated[
    int, BeforeValidator(size_bytes), _Written(SIZE_PATTERN, type="integer", minimum=0)
]
Duration = Annotated[
    float, BeforeValidator(duration_s), _Written(DURATION_PATTERN, type="number", minimum=1)
]
Time = Annotated[float, BeforeValidator(duration_ms), _Written(TIME_PATTERN)]
