"""Runs a command where the only network is loopback, and leaves no process of it behind.

    offline.py COMMAND [ARGUMENT ...]

Linux only: the command gets a network namespace of its own, as root or through an unprivileged user namespace. Where
the kernel grants neither, the command is not started and the exit code is `REFUSED`. SIGTERM, or the death of whoever
started this, ends the command and all that descends from it. The file stands alone, so that it can be started by path
under `python -I`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

REFUSED = 97

# linux/sched.h, linux/prctl.h, linux/sockios.h, linux/if.h
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
SIGNAL_AT_PARENTS_DEATH, ADOPT_ORPHANS = 1, 36
GET_FLAGS, SET_FLAGS, IS_UP = 0x8913, 0x8914, 0x1
INTERFACE = struct.Struct("16sh22x")


def interfaces() -> list[str]:
    """The names of the network interfaces that this process can see."""
    return sorted(name for _, name in socket.if_nameindex())


def leave_the_network() -> None:
    """Moves this process to a network that holds nothing but a running loopback; OSError where it may not."""
    user, group = os.geteuid(), os.getegid()
    _system("unshare", NEW_NETWORK if user == 0 else NEW_USER | NEW_NETWORK)
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _raise_loopback()
    if interfaces() != ["lo"]:
        raise OSError(f"the new network holds {interfaces()}")


def run_and_clear_up(command: list[str]) -> int:
    """The command's exit code, once it and everything it started has ended."""
    _system("prctl", ADOPT_ORPHANS, 1)
    _system("prctl", SIGNAL_AT_PARENTS_DEATH, int(signal.SIGTERM))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        code = subprocess.Popen(command).wait()
        return code if code >= 0 else 128 - code
    finally:
        _end_descendants()


def _end_descendants() -> None:
    """Kills children till there are none: each death makes its orphans ours. An id is not used again before `wait`."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with suppress(ChildProcessError):
        while True:
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
            os.wait()


def _raise_loopback() -> None:
    import fcntl  # not at the top: `REFUSED` is imported where there is no fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        answer = fcntl.ioctl(handle, GET_FLAGS, INTERFACE.pack(b"lo", 0))
        flags = INTERFACE.unpack(answer)[1]
        fcntl.ioctl(handle, SET_FLAGS, INTERFACE.pack(b"lo", flags | IS_UP))


def _system(call: str, *arguments: int) -> None:
    """One call of the C library; OSError where it fails or does not exist."""
    function = getattr(ctypes.CDLL(None, use_errno=True), call, None)
    if function is None:
        raise OSError(f"{call}: not on this system")
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")


def main(command: list[str]) -> int:
    try:
        leave_the_network()
    except OSError as error:
        print(f"offline: no private network here: {error}", file=sys.stderr)
        return REFUSED
    return run_and_clear_up(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
