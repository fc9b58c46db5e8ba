"""The steps of the workflow and its action, run here as GitHub's runner would.

Only what they use is emulated: inputs, the files that steps write to, and conditions of one
comparison. Anything else in a step makes its test fail.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parent.parent
ACTION = REPOSITORY / ".github" / "actions" / "slimbench" / "action.yml"
WORKFLOW = REPOSITORY / ".github" / "workflows" / "slimbench.yml"
INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")
CONDITION = re.compile(r"inputs\.do == '([a-z]+)'")
SHELL = {  # as GitHub documents it: where a step says bash, and where it says nothing
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    None: ("bash", "-e"),
}


def read(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """All steps of a workflow or an action."""
    content = read(path)
    if "runs" in content:
        yield from content["runs"]["steps"]
    for job in content.get("jobs", {}).values():
        yield from job["steps"]


def step(path: Path, name: str) -> dict[str, Any]:
    (found,) = (one for one in steps(path) if one.get("name") == name)
    return found


@dataclass(frozen=True)
class Ran:
    """A step that has ended."""

    exit_code: int
    output: str


@dataclass(frozen=True)
class Runner:
    """A machine that jobs run on: its working folder, its temporary one, what it has set."""

    checkout: Path
    temporary: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        return self.temporary / "slimbench"

    @property
    def summary(self) -> str:
        return (self.temporary / "summary").read_text(encoding="utf-8")

    def outputs(self) -> dict[str, str]:
        lines = (self.temporary / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", maxsplit=1) for line in lines)

    def action(
        self, toolkit: Path = REPOSITORY, without: tuple[str, ...] = (), **given: str
    ) -> Iterator[Ran]:
        """The action's steps for what it is to do, one by one; the first that fails is the last."""
        inputs = {name: one.get("default") for name, one in read(ACTION)["inputs"].items()}
        inputs.update({name.replace("_", "-"): value for name, value in given.items()})
        for one in steps(ACTION):
            wanted = CONDITION.fullmatch(one["if"]) if "if" in one else None
            assert wanted or "if" not in one, f"a condition that isn't emulated: {one['if']}"
            if one["name"] in without or (wanted and wanted[1] != inputs["do"]):
                continue
            ran = self.run(one, inputs, toolkit)
            yield ran
            if ran.exit_code != 0:
                return

    def run(
        self, one: Mapping[str, Any], inputs: Mapping[str, Any], toolkit: Path = REPOSITORY
    ) -> Ran:
        """One step."""
        script = self.temporary / "step.sh"
        script.write_text(one["run"], encoding="utf-8")
        settings = {key: _filled(text, inputs) for key, text in one.get("env", {}).items()}
        ended = subprocess.run(
            [*SHELL[one.get("shell")], str(script)],
            cwd=self.checkout,
            env={**self._environment(toolkit), **self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout)

    def _environment(self, toolkit: Path) -> dict[str, str]:
        added = self.temporary / "path"
        paths = added.read_text().split() if added.exists() else []
        return {
            **os.environ,
            "PATH": os.pathsep.join([*reversed(paths), os.environ["PATH"]]),
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_ACTION_PATH": str(toolkit / ".github" / "actions" / "slimbench"),
            "GITHUB_OUTPUT": str(self.temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
            "GITHUB_PATH": str(added),
        }


def _filled(text: str, inputs: Mapping[str, Any]) -> str:
    filled = INPUT.sub(lambda match: str(inputs[match[1]]), text)
    assert "${{" not in filled, f"an expression that isn't emulated: {text}"
    return filled
