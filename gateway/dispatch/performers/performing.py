"""Carrying out effects: each kind goes to the performer that talks to whom it is about.

A performer never decides: what an answer means for the request is the table's to say. A retry is a value (`Later`), not an
exception. What may have had an effect elsewhere is marked started before its first byte, so that a crash leaves a row of
which it is known that its outcome is unknown (design.md, rule 2).
"""

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.performers.acts import Acts
from gateway.dispatch.performers.letters import Letters
from gateway.dispatch.performers.look_ups import LookUps
from gateway.dispatch.performers.office import OfficePerformers
from gateway.dispatch.performers.overhearing import overheard
from gateway.dispatch.performers.pool_barcodes import PoolBarcodes
from gateway.dispatch.performers.rota import RotaMaker
from gateway.dispatch.performers.timers import Timers
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.results import Later, Result
from gateway.store.port import EffectRow
from gateway.workflow.effects import (
    AskCopies,
    AssignBarcode,
    FindCopies,
    HearLate,
    Look,
    MakeRota,
    Perform,
    Seek,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.records import Request


class Performers:
    """Knows who carries out what of a request; `office` does it for bills, invoices and notices."""

    def __init__(
        self,
        *,
        acts: Acts,
        barcodes: PoolBarcodes,
        letters: Letters,
        look_ups: LookUps,
        vetting: Vetting,
        rota: RotaMaker,
        timers: Timers,
        office: OfficePerformers,
        time: TimeSource,
    ) -> None:
        self.acts = acts
        self.barcodes = barcodes
        self.letters = letters
        self.look_ups = look_ups
        self.vetting = vetting
        self.rota = rota
        self.timers = timers
        self.office = office
        self._time = time

    async def perform(self, row: EffectRow, request: Request) -> Result:
        """Carry one effect of a request out. Raises LeaseLost, StoreUnavailable."""
        result, talk = await overheard(self._perform(row, request), self._time)
        if isinstance(result, Later):
            return result
        return msgspec.structs.replace(result, history=(*talk, *result.history))

    async def _perform(  # noqa: C901, PLR0911, PLR0912 - one case and one return a kind of effect
        self, row: EffectRow, request: Request
    ) -> Result:
        match row.effect:
            case FindCopies() as effect:
                return await self.look_ups.find(effect, request)
            case AskCopies() as effect:
                return await self.look_ups.ask(row, effect, request)
            case Perform() as effect:
                return await self.acts.act(row, effect, request)
            case Look() as effect:
                return await self.acts.look(effect, request)
            case Watch() as effect:
                return await self.acts.watch(effect, request)
            case Seek() as effect:
                return await self.acts.seek(effect, request)
            case Tell() | SendRequest() | SendAction() as letter:
                return await self.letters.deliver(row, letter, request)
            case Vet():
                return await self.vetting.vet(request)
            case MakeRota():
                return await self.rota.make(request)
            case HearLate():
                return await self.rota.hear_late(request)
            case AssignBarcode() as effect:
                return await self.barcodes.assign(effect, request)
            case StartTimer() as timer:
                return await self.timers.ring(timer, request)
            case _:
                raise TypeError(f"a request has no {row.effect.key}")
