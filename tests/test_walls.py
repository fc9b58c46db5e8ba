"""The walls of the house: who imports whom, what help may load, what a unit test may do."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_guard import ENGINE_SOCKETS, ProcessGuard

ROOT = Path(__file__).resolve().parent.parent
OURS = frozenset({"benchmarks", "bench", "builders", "inference", "reports", "slimbench"})
SDK_MODULE = "builders/docker_engine.py"
# Each place, and what of ours it may import beside itself.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "inference": frozenset(),
    "builders": frozenset(),
    "bench": frozenset({"builders", "inference.protocol"}),
    "reports": frozenset(
        {
            "bench.comparability",
            "bench.comparison",
            "bench.condition_types",
            "bench.disturbance",
            "bench.inspection.difference_types",
            "bench.inspection.facts",
            "bench.inspection.finding_types",
            "bench.inspection.package_changes",
            "bench.inspection.sharing",
            "bench.noise_floor",
            "bench.probe.outcome_types",
            "bench.pull_model",
            "bench.record",
            "bench.record_types",
            "bench.run_conditions",
            "bench.whole_file",
            "bench.sample_types",
            "bench.scenario_types",
            "bench.service_types",
            "bench.standing",
            "bench.statistics",
            "bench.stop_rule",
            "bench.tails",
            "bench.training_types",
            "builders.baseline_settings",
            "builders.budget_settings",  # frozen values: what a record is held to
        }
    ),
}
HEAVY = ("cyclonedx", "docker", "matplotlib", "pandas", "scipy")


def _modules(place: str) -> list[Path]:
    return sorted((ROOT / place).rglob("*.py"))


def _all_modules() -> list[Path]:
    files = [path for place in MAY_IMPORT for path in _modules(place)]
    return [*files, *_modules("benchmarks"), *ROOT.glob("*.py")]


def _imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a wall is crossed"
            module = str(node.module)
            deeper = (ROOT / module.replace(".", "/")).is_dir()
            yield from (f"{module}.{alias.name}" for alias in node.names) if deeper else [module]


def _crosses(name: str, place: str) -> bool:
    top = name.split(".", maxsplit=1)[0]
    allowed = MAY_IMPORT[place]
    prefixes = {name, name.rpartition(".")[0], ".".join(name.split(".")[:2]), top}
    return top in OURS and top != place and not prefixes & allowed


@pytest.mark.parametrize("place", sorted(MAY_IMPORT))
def test_imports_go_one_way(place: str) -> None:
    modules = _modules(place)
    crossing = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules
        for name in _imports(path)
        if _crosses(name, place)
    ]
    assert modules
    assert crossing == []


def test_the_sdk_is_imported_in_one_module() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in _all_modules()
        if any(name.split(".")[0] == "docker" for name in _imports(path))
    }
    assert importing == {SDK_MODULE}


def test_the_walls_would_be_noticed(tmp_path: Path) -> None:
    source = tmp_path / "crossing.py"
    source.write_text("def f():\n    from bench import record\nimport builders.engine\n")
    names = list(_imports(source))
    assert names == ["builders.engine", "bench.record"]
    assert [_crosses(name, "inference") for name in names] == [True, True]
    assert [_crosses(name, "reports") for name in names] == [True, False]
    assert [_crosses(name, "builders") for name in names] == [False, True]


@pytest.mark.process
@pytest.mark.parametrize(
    "words", [["--help"], ["list"], ["list", "--json"], ["build", "--help"], ["inspect", "--help"]]
)
def test_help_and_list_load_nothing_heavy(words: list[str]) -> None:
    script = (
        "import atexit, sys\n"
        f"heavy = {HEAVY!r}\n"
        "loaded = lambda: sys.stderr.write('LOADED ' + ' '.join(set(heavy) & set(sys.modules)))\n"
        "atexit.register(loaded)\n"
        "import slimbench\n"
        f"sys.argv = ['slimbench', *{words!r}]\n"
        "slimbench.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert done.stderr.rsplit("LOADED", 1)[1].strip() == ""


def test_a_unit_test_cannot_start_a_process(process_guard: ProcessGuard) -> None:
    with pytest.raises(pytest.fail.Exception, match="starts a process"):
        subprocess.run(["true"], check=True)
    with pytest.raises(pytest.fail.Exception, match="starts a process"):
        os.fork()
    with pytest.raises(pytest.fail.Exception, match="starts a process"):
        os.posix_spawn("/bin/true", ["true"], {})
    assert len(process_guard.attempts) == 3
    process_guard.attempts.clear()


@pytest.mark.parametrize("path", ENGINE_SOCKETS)
def test_a_unit_test_cannot_reach_the_engine(process_guard: ProcessGuard, path: str) -> None:
    refused = pytest.raises(pytest.fail.Exception, match="connects to the engine")
    with socket.socket(socket.AF_UNIX) as unix, refused:
        unix.connect(path)
    process_guard.attempts.clear()


def test_an_attempt_that_was_swallowed_still_fails_the_test(process_guard: ProcessGuard) -> None:
    try:
        subprocess.run(["true"], check=True)
    except BaseException:  # noqa: BLE001 - what careless code does
        process_guard.attempts[:] = process_guard.attempts[-1:]
    with pytest.raises(pytest.fail.Exception, match="may not do that: it starts a process"):
        process_guard.check()
    process_guard.check()  # told once


def test_a_unit_test_may_use_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


@pytest.mark.process
def test_a_marked_test_may_start_a_process() -> None:
    assert subprocess.run(["true"], check=True).returncode == 0
