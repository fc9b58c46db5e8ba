"""A machine made of stub commands, which note how they were called, for install_dev_tools.sh."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Optional

REPOSITORY = Path(__file__).parent.parent
REAL_COMMANDS = (
    *("awk", "bash", "cat", "chmod", "cmp", "cp", "dirname", "dpkg", "mkdir", "rm", "setsid"),
    *("sha256sum", "sleep", "touch"),
)

# What each package's commands do; `$M` is the machine's folder.
STUBS = {
    "id": "echo 0",
    "df": "printf 'Filesystem\\nx x x %s\\n' 99000000",
    "apt-cache": "echo \"  Candidate: $(cat $M/candidates/$2 2>/dev/null || echo '(none)')\"",
    "apt-get": (
        'echo "apt-get $*" >>$M/calls\n'
        'for name in "$@"; do cp $M/packages/$name/* $M/bin 2>/dev/null || true; done'
    ),
    "systemctl": 'echo "systemctl $*" >>$M/calls; touch $M/engine-answers',
}
PYTHON = """case "$*" in
*"-m venv"*) mkdir -p .venv/bin; cp $M/packages/python3/python3 .venv/bin/python ;;
*"pip install"*) echo "pip install" "${@: -1}" >>$M/calls ;;
*) echo "python said $*" ;;
esac"""
DOCKER = """case "$1" in
version) [ -e $M/engine-answers ] && echo "docker version 1" ;;
info) echo $M ;;
*) exit 1 ;;
esac"""
PACKAGES = {
    "docker.io": {
        "docker": DOCKER,
        "dockerd": "echo dockerd >>$M/calls; touch $M/engine-answers; sleep 2",
    },
    "docker-compose": {"docker-compose": "echo 1.29"},
    "mmdebstrap": {"mmdebstrap": "echo mmdebstrap 1"},
    "docker-registry": {"docker-registry": "echo registry 1"},
    "wrk": {"wrk": "echo wrk 1; exit 1"},
    "shellcheck": {"shellcheck": "echo version: 1"},
    "chromium": {"chromium": "echo Chromium 1"},
    "python3": {"python3": PYTHON},
}
CANDIDATES = {"docker-compose": "1.29.2-3", "docker.io": "20.10", "python3": "3.11.2-1+b1"}


class Machine:
    """A folder of commands, the script beside a pyproject.toml, and what was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        for name in ("bin", "packages", "candidates", "repository"):
            (folder / name).mkdir()
        for name in REAL_COMMANDS:
            (folder / "bin" / name).symlink_to(str(shutil.which(name)))
        for name, body in STUBS.items():
            self.command(name, body)
        for package, commands in PACKAGES.items():
            for name, body in commands.items():
                self.write(folder / "packages" / package / name, body)
        for name, version in CANDIDATES.items():
            self.candidate(name, version)
        shutil.copy(REPOSITORY / "install_dev_tools.sh", self.repository)
        (self.repository / "pyproject.toml").write_text("[project]\n")
        (folder / "certificates").touch()

    def write(self, path: Path, body: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\nM={self.folder}\n{body}\n")
        path.chmod(0o755)

    def command(self, name: str, body: str) -> None:
        self.write(self.folder / "bin" / name, body)

    def candidate(self, package: str, version: Optional[str]) -> None:
        (self.folder / "candidates" / package).write_text(version or "(none)")

    def run(self, *options: str, settings: str = "") -> subprocess.CompletedProcess[str]:
        """Run the script with its paths outside the repository moved into this machine."""
        moved = (
            f"CERTIFICATES={self.folder}/certificates SERVICE_MANAGER={self.folder}/systemd "
            f"ENGINE_PID_FILE={self.folder}/docker.pid"
        )
        return subprocess.run(
            [
                "bash",
                "-c",
                f'. ./install_dev_tools.sh; {moved} {settings}; main "$@"',
                "-",
                *options,
            ],
            cwd=self.repository,
            env={"PATH": str(self.folder / "bin")},
            executable=shutil.which("bash"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Calls that change a machine, since the last look."""
        calls = self.folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.write_text("")
        return lines

    def refuses(self, *words: str, options: tuple[str, ...] = (), settings: str = "") -> None:
        """It exits 1 with one sentence on standard error that holds these words."""
        done = self.run(*options, settings=settings)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        for word in words:
            assert word in done.stderr

    def set_up(self) -> Machine:
        """This machine after a first run."""
        done = self.run()
        assert done.returncode == 0, done.stderr
        self.calls()
        return self
