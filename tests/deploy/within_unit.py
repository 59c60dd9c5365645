"""Runs a module within what a systemd unit allows, without systemd: `python -m tests.deploy.within_unit UNIT MODULE …`.

Three of a unit's limits are filters of system calls, and are laid here as systemd lays them (systemd.exec(5)): SystemCallFilter, MemoryDenyWriteExecute and
RestrictAddressFamilies. They hold for whatever the module starts, too.
"""

import ctypes
import errno
import mmap
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000
"""With the error's number added: what a refused call fails with. Of seccomp.h, like these."""
EQUAL, MASKED_EQUAL = 4, 7
SHM_EXEC: Final = 0o100000
FAMILIES: Final = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
MOST_FAMILIES: Final = 64


class Compared(ctypes.Structure):
    """A condition on an argument of a call (struct scmp_arg_cmp)."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def settings(unit: Path, name: str) -> list[str]:
    """What a unit says under a name, line by line."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def allowed_calls(unit: Path) -> set[str]:
    """The names of the calls that a unit allows: the first line is a list of what may be called, and each later one adds to it or, with ~, takes away."""
    allowed: set[str] = set()
    for line in settings(unit, "SystemCallFilter"):
        named = calls_of(line.removeprefix("~").split())
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed | calls_of(["@default", "execve"])


def calls_of(names: Iterable[str]) -> set[str]:
    """The calls of sets and names, as systemd itself has them."""
    found: set[str] = set()
    for name in names:
        found |= calls_of(members(name)) if name.startswith("@") else {name}
    return found


def members(name: str) -> list[str]:
    """What a set consists of: calls, and other sets."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    return [
        line.strip() for line in listed.stdout.splitlines()[1:] if line.strip() and not line.strip().startswith("#")
    ]


class Filter:
    """A filter that does the same with every call but those that are named."""

    def __init__(self, usual: int) -> None:
        self._lib = ctypes.CDLL("libseccomp.so.2")
        self._lib.seccomp_init.restype = ctypes.c_void_p
        self._made = ctypes.c_void_p(self._lib.seccomp_init(usual))

    def put(self, action: int, call: str, *conditions: Compared) -> None:
        """Do something else with a call, if its arguments are so. What this machine has not is left out."""
        number = self._lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            given = (Compared * len(conditions))(*conditions)
            self._done(self._lib.seccomp_rule_add_array(self._made, action, number, len(conditions), given))

    def lay(self) -> None:
        """Let it hold from now on."""
        self._done(self._lib.seccomp_load(self._made))

    def _done(self, code: int) -> None:
        if code < 0:
            raise OSError(-code, os.strerror(-code))


def confine(unit: Path) -> None:
    """Lay the filters of a unit around this process."""
    calls = allowed_calls(unit)
    if settings(unit, "MemoryDenyWriteExecute") == ["yes"]:
        _nothing_written_is_run()
    _no_other_addresses(families for line in settings(unit, "RestrictAddressFamilies") for families in line.split())
    named = Filter(REFUSE + errno.EPERM)
    for call in calls:
        named.put(ALLOW, call)
    named.lay()


def _nothing_written_is_run() -> None:
    both = mmap.PROT_WRITE | mmap.PROT_EXEC
    usual = Filter(ALLOW)
    for call, place, bits in (
        ("mmap", 2, both), ("mprotect", 2, mmap.PROT_EXEC), ("pkey_mprotect", 2, mmap.PROT_EXEC), ("shmat", 2, SHM_EXEC)
    ):  # fmt: skip
        usual.put(REFUSE + errno.EPERM, call, Compared(place, MASKED_EQUAL, bits, bits))
    usual.lay()


def _no_other_addresses(allowed: Iterable[str]) -> None:
    usual, kept = Filter(ALLOW), {FAMILIES[name] for name in allowed}
    for family in set(range(MOST_FAMILIES)) - kept:
        usual.put(REFUSE + errno.EAFNOSUPPORT, "socket", Compared(0, EQUAL, family, 0))
    usual.lay()


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])  # noqa: S606 - a module of this project
