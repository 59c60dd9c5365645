"""The gateway as `ill-gateway` starts it, with each stretch of its event loop measured: `python -m tests.guards.watched serve …`.

A stretch is one callback, which nothing interrupts: as long as it runs nobody else is answered. It is measured in the processor time of
the loop's thread, so that a busy machine lengthens none. Those that are worth it become lines of JSON in the file that
the environment's WATCHED_STRETCHES names.
"""

import asyncio
import gc
import json
import os
import sys
import time
from typing import TextIO

from gateway.cli import main

LEAST_S = 0.010


class _Garbage:
    """How long the garbage collector has run in all, of the loop's thread's processor time."""

    def __init__(self) -> None:
        self.spent_s = 0.0
        self._began_s = 0.0
        gc.callbacks.append(self._heard)

    def _heard(self, phase: str, _info: object) -> None:
        if phase == "start":
            self._began_s = time.thread_time()
        else:
            self.spent_s += time.thread_time() - self._began_s


def watch(told: TextIO) -> None:
    """Measure every callback of every event loop of this process."""
    run, garbage = asyncio.events.Handle._run, _Garbage()

    def measured(handle: asyncio.Handle) -> None:
        began_s, spent_s = time.thread_time(), garbage.spent_s
        run(handle)
        took_s = time.thread_time() - began_s
        if took_s >= LEAST_S:
            collected = f"{garbage.spent_s - spent_s:.3f} s for garbage, "
            stretch = {"at_s": time.monotonic(), "cpu_s": took_s, "what": collected + _what(handle)}
            told.write(json.dumps(stretch) + "\n")
            told.flush()

    asyncio.events.Handle._run = measured  # type: ignore[method-assign, assignment]


def _what(handle: asyncio.Handle) -> str:
    """What ran: a task by its coroutines from the outside in, where they wait now; else the callback."""
    callback = handle._callback  # type: ignore[attr-defined]
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return " > ".join(_awaited(owner.get_coro()))
    return f"{getattr(callback, '__qualname__', callback)} of {type(owner).__name__}"


def _awaited(coroutine: object) -> list[str]:
    names: list[str] = []
    while coroutine is not None and len(names) < 12:
        names.append(getattr(coroutine, "__qualname__", type(coroutine).__name__))
        coroutine = getattr(coroutine, "cr_await", None)
    return names


if __name__ == "__main__":
    watch(open(os.environ["WATCHED_STRETCHES"], "a"))  # noqa: SIM115, PTH123 - open as long as the process lives
    sys.exit(main())
