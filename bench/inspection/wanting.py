"""What is missing in an image that people reach for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Optional

from bench.inspection.contents import ImageContents
from bench.inspection.finding_types import Tool
from bench.inspection.security import OTHERS_WRITE, passwd, runs_as
from bench.inspection.tools import programs

# Where OpenSSL of Debian, Alpine, Fedora and SUSE looks for authorities.
_AUTHORITIES = (
    "etc/ssl/certs/ca-certificates.crt",
    "etc/ssl/cert.pem",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/ssl/ca-bundle.pem",
)
_TEMPORARY = ("tmp", "var/tmp", "usr/tmp")  # Python's `tempfile`


@dataclass(frozen=True)
class Wanting:
    """An image, asked for what isn't in it."""

    contents: ImageContents
    tools: Sequence[Tool]

    def lacks_kind(self, kind: str, *but: str) -> bool:
        """No tool of the kind but these."""
        return not any(tool.kind == kind and tool.name not in but for tool in self.tools)

    def lacks_tools(self, *names: str) -> bool:
        """None of these tools."""
        return not any(tool.name in names for tool in self.tools)

    def lacks_programs(self, *names: str) -> bool:
        """None of these can be run by its name."""
        return self._programs.isdisjoint(names)

    def lacks_paths(self, *paths: str) -> bool:
        """None of these paths, links followed."""
        files = self.contents.files
        return not any(files.real(path) in files.paths for path in paths)

    def lacks_pip(self) -> bool:
        """Python, and nothing that installs packages of Python's."""
        bare = self.lacks_tools("pip", "uv", "conda") and self._lacks_module("pip/__main__.py")
        return bare and not self.lacks_programs("python", "python3")

    def lacks_certificates(self) -> bool:
        """No list of certificate authorities, of the system or of Python's `certifi`."""
        return self._lacks_authorities() and self._lacks_module("certifi/cacert.pem")

    def has_pythons_certificates_alone(self) -> bool:
        """No list of certificate authorities but `certifi`'s."""
        return self._lacks_authorities() and not self._lacks_module("certifi/cacert.pem")

    def lacks_time_zones(self) -> bool:
        """No time zone data, of the system or of Python's `tzdata`."""
        bare = not self.contents.files.names("usr/share/zoneinfo")
        return bare and self._lacks_module("tzdata/zoneinfo/UTC")

    def lacks_user_name(self) -> bool:
        """A user id that /etc/passwd doesn't have, and no variable that names it."""
        known = self._user is None or self._user in passwd(self.contents).values()
        return not known and self._variables.keys().isdisjoint({"LOGNAME", "USER"})

    def lacks_temporary_folder(self) -> bool:
        """No folder of those that Python's `tempfile` tries, with the right to write."""
        files = self.contents.files
        found = (files.paths.get(files.real(path) or "") for path in _TEMPORARY)
        folders = (file.entry for file in found if file and file.entry.kind == "folder")
        return not any(one.mode & OTHERS_WRITE or self._user in {0, one.uid} for one in folders)

    @cached_property
    def _programs(self) -> frozenset[str]:
        return programs(self.contents.files, self.contents.config.settings.environment or ())

    @cached_property
    def _variables(self) -> dict[str, str]:
        lines = self.contents.config.settings.environment or ()
        return dict(line.partition("=")[::2] for line in lines)

    @cached_property
    def _user(self) -> Optional[int]:
        return runs_as(self.contents)

    def _lacks_authorities(self) -> bool:
        named = self._variables.get("SSL_CERT_FILE")
        return self.lacks_paths(*_AUTHORITIES, *([named] if named else []))

    def _lacks_module(self, path: str) -> bool:
        """No such file of a Python package."""
        ends = f"-packages/{path}"
        return not any(one.endswith(ends) for one in self.contents.files.paths)
