"""Run the command line against a live API, as somebody at a shell would."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.cli import main
from tests.web.live import Live


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed with --json."""
        return json.loads(self.out)


class Shell:
    """Runs commands in a thread, so that the API in this process can answer them."""

    def __init__(self, live: Live, capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch) -> None:
        self.live = live
        self._capsys = capsys
        environment.setenv("ILL_GATEWAY_URL", live.url)
        environment.setenv("ILL_GATEWAY_TOKEN", live.tokens["admin"])

    async def run(self, *argv: str) -> Ran:
        """Run one command; a SystemExit of argparse is its exit code."""
        try:
            code = await asyncio.to_thread(main, argv)
        except SystemExit as end:
            code = int(end.code or 0)
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)
