"""The exporter's errors: each one sentence, printed as JSON on standard error."""

from __future__ import annotations

from inference.failures import InferenceError

UNKNOWN_MODEL = "unknown-model"
WEIGHTS_UNREACHABLE = "weights-unreachable"
WEIGHTS_UNUSABLE = "weights-unusable"
EXPORT_FAILED = "export-failed"


class ExportError(InferenceError):
    """No usable model came out; `code` is one of this module's."""
