"""Work of threads done at once: in a play nobody waits for the disk, and a thread would only make the order of things chance."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Inline(Executor):
    """Runs what is handed to it before it hands it back."""

    def submit(self, work: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> "Future[Result]":
        """Do it."""
        done: Future[Result] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            done.set_exception(error)
        return done
