"""The very steps of the workflow and its action, run on records of the tests, without an engine."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from ci_steps import REPOSITORY, WORKFLOW, Ran, Runner, step
from run_records import run_of
from small_project import DOCKERFILE, MATRIX, write_project

from bench.merging import merged
from bench.record import load, save
from builders.matrix_file import load_matrix
from reports.pictures import gallery

pytestmark = pytest.mark.process

MARKERS = "# Mine\n\n<!-- slimbench:comparison -->\nold\n<!-- /slimbench:comparison -->\n"
NAMES = ("fat", "slim", "onnx")
GIT = ("git", "-c", "user.name=me", "-c", "user.email=me@example.org")


def program(folder: Path, name: str, text: str) -> None:
    """A program of this name that is found before others."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(stat.S_IRWXU)


def git(folder: Path, *words: str) -> str:
    done = subprocess.run([*GIT, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A checkout of a user's repository with a remote, on a machine without an engine."""
    write_project(tmp_path / "checkout")
    write_matrix(tmp_path / "checkout")
    (tmp_path / "checkout" / "README.md").write_text(MARKERS)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path / "checkout", "init", "--quiet", "--initial-branch=main")
    git(tmp_path / "checkout", "remote", "add", "origin", str(tmp_path / "remote.git"))
    commit(tmp_path / "checkout")
    program(tmp_path / "bin", "slimbench", f'exec "{sys.executable}" -m slimbench "$@"')
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "DOCKER_HOST": f"unix://{tmp_path}/absent.sock",
        "COLUMNS": "200",
    }
    (tmp_path / "temporary").mkdir()
    return Runner(tmp_path / "checkout", tmp_path / "temporary", environment)


def write_matrix(checkout: Path, more: str = "") -> None:
    """The matrix of the tests' records."""
    text = MATRIX.replace("big", "fat").replace("  small: {changed: less", "  slim: {changed: less")
    (checkout / "variants.yaml").write_text(
        f"{text}  onnx: {{changed: least, after: slim}}\n{more}"
    )
    for name in NAMES:
        (checkout / "dockerfiles" / f"{name}.Dockerfile").write_text(DOCKERFILE)


def commit(checkout: Path) -> None:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "Begin")
    git(checkout, "push", "--quiet", "origin", "main")


def done(runner: Runner, **given: str) -> list[Ran]:
    """The action's steps after its installation, which `test_ci_line.py` runs."""
    return list(runner.action(without=("Install",), **given))


def with_records(runner: Runner) -> None:
    """As the jobs' artifacts are downloaded."""
    digest = load_matrix(runner.checkout / "variants.yaml").digest
    for name in NAMES:
        made = run_of(name).model_copy(update={"matrix_digest": digest})
        save(runner.work / "records" / f"{name}.json", made)


def test_the_jobs_are_the_variants(runner: Runner) -> None:
    (ran,) = done(runner, do="list")
    assert ran.exit_code == 0, ran.output
    assert json.loads(runner.outputs()["variants"]) == list(NAMES)


def test_within_a_small_disk_there_is_one_job(runner: Runner) -> None:
    (ran,) = done(runner, do="list", disk="10G")
    assert ran.exit_code == 0, ran.output
    assert json.loads(runner.outputs()["variants"]) == ["all"]


def test_a_matrix_with_a_mistake_fails_the_list(runner: Runner) -> None:
    (ran,) = done(runner, do="list", matrix="absent.yaml")
    assert ran.exit_code == 2
    assert "absent.yaml" in ran.output


def test_words_in_an_input_stay_words(runner: Runner) -> None:
    (ran,) = done(runner, do="list", matrix="a b.yaml; touch $(echo stolen) `echo stolen`")
    assert ran.exit_code == 2
    assert not (runner.checkout / "stolen").exists()


def test_a_job_without_an_engine_fails_and_leaves_no_record(runner: Runner) -> None:
    (ran,) = done(runner, do="measure", variant="slim", max_time="1min")
    assert ran.exit_code == 4
    assert "there is no engine's socket" in ran.output
    assert list((runner.work / "records").iterdir()) == []


def test_an_older_record_is_not_taken_for_the_job_s(runner: Runner) -> None:
    save(runner.checkout / ".slimbench" / "record.json", run_of("slim"))
    done(runner, do="measure", variant="onnx")
    assert list((runner.work / "records").iterdir()) == []


def test_records_become_a_report_a_summary_and_a_comment(runner: Runner) -> None:
    with_records(runner)
    merging, judging = done(runner, do="report", base="nowhere")
    assert merging.exit_code == 0, merging.output
    assert judging.exit_code == 0, judging.output
    report = runner.work / "report"
    assert [part.name for part in load(report / "record.json").parts] == list(NAMES)
    comment = (report / "comment.md").read_text()
    assert comment.startswith("<!-- slimbench -->\nThere is no published record to compare with")
    assert runner.summary.startswith(comment)
    assert "<summary>comparison.md</summary>" in runner.summary
    assert "measured in 3 runs" in runner.summary
    assert (report / "junit.xml").exists()


def test_records_of_other_conditions_end_the_job_with_the_reason(runner: Runner) -> None:
    with_records(runner)
    onnx = load(runner.work / "records" / "onnx.json")
    asked = onnx.conditions.model_copy(update={"requests": 99})
    save(runner.work / "records" / "onnx.json", onnx.model_copy(update={"conditions": asked}))
    (merging,) = done(runner, do="report", base="nowhere")
    assert merging.exit_code == 2
    assert "requests is 12 in" in merging.output


def budgets(runner: Runner, size: str, start: str = "9s") -> None:
    write_matrix(runner.checkout, f"budgets: {{all: {{size: {size}, cold_start: {start}}}}}\n")
    with_records(runner)


def test_a_budget_that_is_missed_fails_the_job_after_all_is_told(runner: Runner) -> None:
    budgets(runner, "1GB")
    merging, judging = done(runner, do="report", base="nowhere")
    assert (merging.exit_code, judging.exit_code) == (0, 1), merging.output
    comment = (runner.work / "report" / "comment.md").read_text()
    (missed,) = (line for line in comment.splitlines() if line.startswith("| `"))
    assert "`fat`" in missed
    assert "6,000.0 MB" in missed
    assert runner.summary.startswith(comment)
    assert "<summary>comparison.md</summary>" in runner.summary
    assert 'failures="1"' in (runner.work / "report" / "junit.xml").read_text()


@pytest.mark.parametrize(("start", "code"), [("9s", 0), ("1ms", 1)])
def test_a_budget_of_times_is_held_too(runner: Runner, start: str, code: int) -> None:
    budgets(runner, "9GB", start)
    judging = done(runner, do="report", base="nowhere")[-1]
    assert judging.exit_code == code, judging.output


def test_what_grew_since_the_base_is_told_and_fails_the_job(runner: Runner) -> None:
    with_records(runner)
    base = runner.checkout / ".base"
    path = base / "reports" / "published" / "record.json"
    fat, slim, onnx = (load(runner.work / "records" / f"{name}.json") for name in NAMES)
    image = onnx.variants[2].image
    assert image is not None
    small = image.layers[0].model_copy(update={"size_bytes": 1})
    before = image.model_copy(update={"layers": (small, *image.layers[1:])})
    row = onnx.variants[2].model_copy(update={"image": before})
    onnx = onnx.model_copy(update={"variants": (*onnx.variants[:2], row)})
    save(path, merged([("fat", fat), ("slim", slim), ("onnx", onnx)]))
    merging, judging = done(runner, do="report", base=".base")
    assert (merging.exit_code, judging.exit_code) == (0, 1), judging.output
    comment = (runner.work / "report" / "comment.md").read_text()
    assert "no published record" not in comment
    assert "size grew by 125.0 MB, from 125.0 MB to 250.0 MB" in comment
    assert ".base" not in (runner.work / "report" / "published.patch").read_text()


def publish(runner: Runner) -> Ran:
    """The job that commits, in a checkout of its own."""
    fresh = runner.temporary / "fresh"
    git(runner.temporary, "clone", "--quiet", str(runner.checkout.parent / "remote.git"), "fresh")
    environment = {**runner.environment, "GITHUB_SHA": "0123abc"}
    return Runner(fresh, runner.temporary, environment).run(step(WORKFLOW, "Commit"), {})


def test_what_is_published_is_the_reports_and_the_readme_s_table(runner: Runner) -> None:
    with_records(runner)
    done(runner, do="report", base="nowhere")
    ran = publish(runner)
    assert ran.exit_code == 0, ran.output
    remote = runner.checkout.parent / "remote.git"
    changed = git(remote, "show", "--name-only", "--format=%s", "main").split("\n\n")
    assert changed[0] == "Publish what was measured of 0123abc"
    pages = {f"comparison.{ending}" for ending in ("csv", "html", "json", "md")}
    drawn = {f"pictures/comparison-{name}.svg" for name in gallery.NAMES}
    reports = {f"reports/published/{one}" for one in {*pages, *drawn, "record.json"}}
    assert set(changed[1].split()) == {"README.md", *reports}
    assert "| `onnx`" in git(remote, "show", "main:README.md")
    published = git(remote, "show", "main:reports/published/record.json")
    assert published == (runner.work / "report" / "record.json").read_text()


def test_nothing_new_is_no_commit(runner: Runner) -> None:
    with_records(runner)
    done(runner, do="report", base="nowhere")
    (runner.work / "report" / "published.patch").write_text("")
    assert publish(runner).exit_code == 0
    log = git(runner.checkout.parent / "remote.git", "log", "--format=%s", "main")
    assert log == "Begin\n"


def with_gh(runner: Runner, comments: str) -> Path:
    """GitHub's command, which notes its words and prints what it is told; the notes' file."""
    notes = runner.temporary / "gh"
    text = f"echo \"$@\" >> '{notes}'\ncase \"$*\" in *--jq*) printf '%s' '{comments}';; esac"
    program(runner.checkout.parent / "bin", "gh", text)
    return notes


@pytest.mark.parametrize(
    ("comments", "wanted"),
    [
        ("", "api --method POST repos/me/mine/issues/7/comments"),
        ("41\n42\n", "api --method PATCH repos/me/mine/issues/comments/41"),
    ],
)
def test_there_is_one_comment_on_a_pull_request(runner: Runner, comments: str, wanted: str) -> None:
    notes = with_gh(runner, comments)
    comment = {**step(WORKFLOW, "Comment")}
    comment["env"] = {"GH_TOKEN": "secret", "NUMBER": "7"}
    environment = {**runner.environment, "GITHUB_REPOSITORY": "me/mine"}
    ran = Runner(runner.checkout, runner.temporary, environment).run(comment, {})
    assert ran.exit_code == 0, ran.output
    asked, written = notes.read_text().splitlines()
    assert asked.startswith("api --paginate repos/me/mine/issues/7/comments --jq")
    body = runner.work / "report" / "comment.md"
    assert written == f"{wanted} --field body=@{body} --silent"
    assert "secret" not in ran.output
