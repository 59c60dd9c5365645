"""Copies for a partner's request: which there are, and what the circulation system says of each (17)."""

from typing import Final

from gateway.clock import TimeSource
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.directory import Directory
from gateway.dispatch.results import Fault, Happened, Later, Result, nothing_done
from gateway.policy.judging import not_held
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.port import EffectRow
from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import CopiesChecked, CopiesFound
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import AnswerKind, Request

UNKNOWN_ITEM_WAIT_S: Final = 30.0
"""How much later a copy that the circulation system knew nothing of is asked about again: one such answer is no proof (sip2.md)."""


class LookUps:
    """Finds copies and asks about them, the way that the dry run goes too."""

    def __init__(self, *, appraiser: Appraiser, directory: Directory, time: TimeSource) -> None:
        self._appraiser = appraiser
        self._directory = directory
        self._time = time

    async def find(self, effect: FindCopies, request: Request) -> Result:
        """Look for copies in the catalogue. Raises StoreUnavailable."""
        try:
            found = await self._appraiser.find(effect.wanted)
        except CatalogueSilentError as silent:
            return Later(words=str(silent), unstarted=True)
        at, words = self._time.now(), found.words
        if found.copies:
            return Happened(event=CopiesFound(at=at, copies=found.copies, words=words))
        answer = not_held()
        auto = found.certain and self._appraiser.goes_out_alone(answer, request.partner)
        return Happened(event=CopiesFound(at=at, answer=answer, auto=auto, words=words))

    async def ask(self, row: EffectRow, effect: AskCopies, request: Request) -> Result:
        """17 on every copy; then the policy's answer. Raises StoreUnavailable."""
        try:
            copies = await self._appraiser.ask(effect.copies, again=row.attempts > 0)
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        since = (request.updated_at, request.id)
        terms = await self._appraiser.terms(
            request.service, request.partner, request.max_cost, before=since, request=request
        )
        at, version = self._time.now(), self._directory.policy_version
        answer = self._appraiser.answer(copies, terms)
        if answer.kind is not AnswerKind.SUPPLY and not row.attempts and not all(copy.known for copy in copies):
            words = "The circulation system knows nothing of a copy: it is asked once more."
            return Later(words=words, unstarted=True, fault=Fault.ITS_OWN, after_s=UNKNOWN_ITEM_WAIT_S, told=words)
        auto = self._appraiser.goes_out_alone(answer, request.partner)
        return Happened(event=CopiesChecked(at=at, copies=copies, answer=answer, auto=auto, policy_version=version))
