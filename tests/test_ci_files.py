"""The workflows and the action: what schemas say of them, and what they may do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ci_steps import ACTION, REPOSITORY, WORKFLOW, read, steps

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, ACTION]
ALLOWED = ("checkout", "upload-artifact", "download-artifact", "github-script", "setup-python")
PINNED = re.compile(rf"actions/({'|'.join(ALLOWED)})@(v[0-9]+|[0-9a-f]{{40}})")
OWN = "./.slimbench-toolkit/.github/actions/slimbench"


def named(path: Path) -> str:
    return path.name


@pytest.mark.process
@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_schema_holds(path: Path) -> None:
    schema = "vendor.github-actions" if path == ACTION else "vendor.github-workflows"
    words = ("-m", "check_jsonschema", "--builtin-schema", schema, str(path))
    found = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.process
def test_the_schema_refuses_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOW.read_text().replace("runs-on:", "run-on:"))
    words = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(wrong))
    found = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "run-on" in found.stdout


def test_there_are_both_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "slimbench.yml"]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_expression_becomes_text_of_a_command(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_others_actions_are_few_and_pinned(path: Path) -> None:
    used = {step["uses"] for step in steps(path) if "uses" in step} - {OWN}
    assert [name for name in used if not PINNED.fullmatch(name)] == []


@pytest.mark.process
@pytest.mark.parametrize("path", [ACTION, WORKFLOW], ids=named)
def test_every_script_is_one_that_bash_reads(path: Path) -> None:
    for step in steps(path):
        if "run" in step:
            words = ["bash", "-n", "-c", step["run"]]
            assert subprocess.run(words, check=False).returncode == 0, step["name"]


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = read(WORKFLOW)["jobs"]
    return found


def test_only_the_jobs_that_must_may_write() -> None:
    assert read(WORKFLOW)["permissions"] == {"contents": "read"}
    allowed = {name: job["permissions"] for name, job in jobs().items() if "permissions" in job}
    assert allowed == {
        "comment": {"pull-requests": "write"},
        "publish": {"contents": "write"},
    }


def test_what_may_write_runs_nothing_of_the_repository() -> None:
    for name in ("comment", "publish"):
        assert OWN not in [step.get("uses") for step in jobs()[name]["steps"]]
    condition = jobs()["publish"]["if"]
    assert "github.event_name == 'push'" in condition
    assert "github.event.repository.default_branch" in condition


def test_the_token_is_kept_only_where_it_is_pushed_with() -> None:
    for name, job in jobs().items():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                kept = step.get("with", {}).get("persist-credentials", True)
                assert kept is (name == "publish"), name


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    known = set(read(ACTION)["inputs"])
    given = [step["with"] for step in steps(WORKFLOW) if step.get("uses") == OWN]
    assert [one["do"] for one in given] == ["list", "measure", "report"]
    assert all(set(one) <= known for one in given)


def test_every_job_ends_in_time() -> None:
    assert all(job["timeout-minutes"] <= 120 for job in jobs().values())
