"""Run as a script in namespaces of its own: a registry, and an engine with no other network.

Arguments: the network namespace it must not be in, the registry's command up to `--`, the
engine's command. It brings loopback up, starts the registry, and becomes the engine.
Standard library only: it is started with `python -I`, away from the package.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS = 0x8914  # netdevice(7)
IFF_UP = 1


def main(arguments: list[str]) -> None:
    """Never returns where all is well."""
    outside, *commands = arguments
    if str(Path("/proc/self/ns/net").readlink()) == outside:
        sys.exit("this is the machine's own network: an engine here would take over its bridge")
    border = commands.index("--")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    subprocess.Popen(commands[:border])  # noqa: S603 - ends with its namespace
    engine = commands[border + 1 :]
    os.execv(engine[0], engine)  # noqa: S606 - an argument list, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
