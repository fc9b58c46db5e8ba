"""What timed answers are compared with: the reference's, or a variant's own verified ones.

A variant that is held to a share of best classes can't be timed against the probabilities of the
reference. Its own answers are asked for and verified once more, and every timed one must be one of
them: no wrong answer is timed there either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bench import devices, rows
from bench.answers import Answers
from bench.collect import collect_answers
from bench.record_types import Record, VariantRecord
from bench.reference import reference_answers, usable
from bench.run import Run
from bench.verification import verify_answers
from builders.errors import SlimbenchError, WrongAnswer
from builders.matrix import Variant
from builders.prepare import Attempt, attempt
from builders.verification_settings import Agreement

OWN_TOLERANCE = 1e-4  # of the same file in the same image: threads and batches may round otherwise


@dataclass(frozen=True)
class Expected:
    """The right answers, and the largest difference of a probability from them."""

    answers: Answers
    tolerance: float


@dataclass(frozen=True)
class ExpectedAnswers:
    """Those of every variant; a variant's own are asked for when they are first needed."""

    run: Run
    reference: Attempt[Answers]
    _own: dict[str, Attempt[Answers]] = field(default_factory=dict)

    def of(self, variant: Variant, row: VariantRecord) -> Expected:
        """What this variant's timed answers are compared with.

        Raises:
            SessionFailed: the reference or the variant gave no answers.
            WrongAnswer: its own best classes aren't the reference's often enough.
        """
        reference = usable(self.run, self.reference)
        tolerance = self.run.project.matrix.verification.tolerances[variant.tolerance]
        if not isinstance(tolerance, Agreement):
            return Expected(reference, tolerance)
        if row.name not in self._own:
            self._own[row.name] = attempt(lambda: self._verified(variant, row, reference))
        own = self._own[row.name]
        if isinstance(own, SlimbenchError):
            raise own
        return Expected(own, OWN_TOLERANCE)

    def _verified(self, variant: Variant, row: VariantRecord, reference: Answers) -> Answers:
        project, verification = self.run.project, self.run.project.matrix.verification
        own = collect_answers(
            project.engine,
            rows.image_id(row),
            project.matrix.limits,
            [Path(answer.picture) for answer in reference.pictures],
            verification.top_k,
            computing=devices.measured(variant, row.device),
        )
        found = verify_answers(
            project.matrix.reference,
            reference,
            own,
            tolerance=verification.tolerances[variant.tolerance],
            top_k=verification.top_k,
        )
        if not found.outputs_match:
            step = "it answered right when it was verified, so look for what is random"
            raise WrongAnswer(found.reason, where=row.name, next_step=step)
        return own


def expected_answers(run: Run, record: Record) -> ExpectedAnswers:
    """Ask the reference about the generated pictures."""
    return ExpectedAnswers(run, reference_answers(run, record))
