"""Processes that work on a store and are killed in the midst of it.

They are forked from this one, which has loaded all that they need: to load it takes them longer than what they do.
"""

import asyncio
import os
import signal
import traceback
from collections.abc import Callable, Coroutine
from typing import NoReturn, TextIO

Say = Callable[[str, str], None]
"""Says that something is done, and to what: two words."""
Work = Callable[[str, str, Say], Coroutine[None, None, None]]
"""Works without end: on the store of a URL, under a name."""


def killed_while_working(work: Work, url: str, *names: str, lines: int = 20) -> list[tuple[str, str]]:
    """Work in a process for each name, kill all of them once each has said so many lines, and return the words of every whole line."""
    started = [_start(work, url, name) for name in names]
    said = [heard.readline() for _, heard in started for _ in range(lines)]
    for child, _ in started:
        os.kill(child, signal.SIGKILL)
    for child, heard in started:
        with heard:
            said += heard.readlines()
        os.waitpid(child, 0)
    return [(done, to) for done, to in (line.split() for line in said if line.endswith("\n"))]


def _start(work: Work, url: str, name: str) -> tuple[int, TextIO]:
    """Give the process, and what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(work(url, name, lambda done, to: _write(writing, f"{done} {to}\n")))
    os.close(writing)
    return child, os.fdopen(reading, encoding="utf-8")


def _work(work: Coroutine[None, None, None]) -> NoReturn:
    """Work until killed. What ends it otherwise is printed: no test goes on in this process."""
    try:
        asyncio.run(work)
    except BaseException:  # noqa: BLE001 - likewise
        traceback.print_exc()
    finally:
        os._exit(1)


def _write(to: int, line: str) -> None:
    os.write(to, line.encode())
