"""An effect that is performed in the house of the tests, and what was marked started before it."""

from datetime import datetime

import pytest

from gateway.dispatch.results import Happened, Result
from gateway.sip2.errors import Inexpressible, NotSent, Reason
from gateway.store.port import EffectRow
from gateway.workflow.effects import AnyEffect
from gateway.workflow.records import Request
from tests.dispatch.house import House

BUSY = NotSent(Reason.BREAKER, "the circulation system does not answer")
UNWRITABLE = Inexpressible("item_identifier of message 17 has a character that cp850 lacks")


def row(
    request: Request, effect: AnyEffect, *, started: datetime | None = None, payload: bytes | None = None
) -> EffectRow:
    return EffectRow(
        id=999, request=request.id, effect=effect, lane=None, due_at=request.created_at, attempts=0, started_at=started,
        payload=payload,
    )  # fmt: skip


async def perform(house: House, effect: AnyEffect, **details: object) -> Result:
    """Perform an effect that no row stands behind, for what needs no row."""
    request = await house.new()
    return await house.performers.perform(row(request, effect, **details), request)  # type: ignore[arg-type]


def event_of(report: Result) -> object:
    assert isinstance(report, Happened), report
    return report.event


class Starts:
    """Records what was marked started, in place of the store's own marks."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.payloads: list[bytes | None] = []
        self.asked_before: list[int] = []
        self._house = house
        monkeypatch.setattr(house.store, "start", self._start)

    async def _start(self, effect_id: int, *, owner: str, at: datetime, payload: bytes | None = None) -> None:
        self.payloads.append(payload)
        self.asked_before.append(len(self._house.acs.asked) + len(self._house.poster.sent))
