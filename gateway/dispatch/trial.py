"""The dry run: what a request would be answered with, with the whole reasoning. Makes no request, no hold, no message.

It goes the way of a real request (`Appraiser`) as far as the answer, and 17 is the one thing that leaves the house.
"""

import msgspec

from gateway.dispatch.admitting import turned_away
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.directory import Directory
from gateway.iso18626.codes import CopyrightCompliance
from gateway.policy import trace
from gateway.policy.judging import not_held
from gateway.policy.lines import PolicyTerms
from gateway.workflow.finding import Found
from gateway.workflow.records import Answer, Copy, CopyStatus
from gateway.workflow.trial import CopyTrial, Trial, TrialQuestion
from gateway.workflow.values import Wanted

IMAGINED = "imagined"
"""Stands for the barcode of a copy that is only supposed."""
AVAILABLE = "03"
SUPPOSED_RULE = CopyrightCompliance.US_CCL.value
"""Under which a copy is supposed to be asked for: what becomes of those that name no rule is a setting of its own (`without_copyright`)."""


class UnknownPartner(Exception):  # noqa: N818 - it says what it is
    """The question names a partner that there is not."""


class Trials:
    """Tries questions. Raises what the appraisal raises: NotSent, Unknown, CatalogueSilentError, StoreUnavailable."""

    def __init__(self, appraiser: Appraiser, directory: Directory) -> None:
        self._appraiser = appraiser
        self._directory = directory

    async def run(self, question: TrialQuestion) -> Trial:
        """Answer a question as a request would be answered, under the question's own policy if it has one. Raises UnknownPartner as well."""
        if question.policy is not None:
            directory = self._directory.under(question.policy)
            return await Trials(self._appraiser.under(directory), directory).run(
                msgspec.structs.replace(question, policy=None)
            )
        partner_id = self._partner_id(question)
        named = await self._appraiser.terms(question.service, partner_id, question.max_cost)
        terms = msgspec.structs.replace(named, copyright=SUPPOSED_RULE)
        found = await self._find(question)
        statuses = await self._statuses(found.copies, question)
        turned = self._turned_away(partner_id, question)
        answer = turned or self._answer(statuses, terms)
        certain = bool(found.copies) or found.certain
        return Trial(
            partner=partner_id,
            partner_name=self._name(partner_id),
            service=question.service,
            policy_version=self._directory.policy_version,
            auto_answer=self._directory.auto_answer(partner_id),
            found=found.words,
            copies=tuple(self._copy(status, terms) for status in statuses),
            asked=self._asks(question),
            open_loans=terms.open_loans,
            answer=answer,
            told=trace.in_protocol(answer, self._appraiser.zone),
            goes_out=turned is not None or (certain and self._appraiser.goes_out_alone(answer, partner_id)),
        )

    def _partner_id(self, question: TrialQuestion) -> str | None:
        named = question.partner
        if named is None:
            return None
        partner = self._directory.partner(named) or self._directory.partner_of(named)
        if partner is None:
            raise UnknownPartner(named)
        return partner.id

    def _name(self, partner_id: str | None) -> str:
        partner = self._directory.partner(partner_id)
        return partner.name if partner else "a library that is none of our partners"

    async def _find(self, question: TrialQuestion) -> Found:
        supposed = {
            name: value for name, value in msgspec.structs.asdict(question.supposed).items() if value is not None
        }
        if question.wanted == Wanted():
            copy = msgspec.structs.replace(Copy(item_barcode=IMAGINED, branch=""), **supposed)
            return Found(copies=(copy,), words="No work is named: a copy is assumed.")
        found = await self._appraiser.find(question.wanted)
        copies = tuple(msgspec.structs.replace(copy, **supposed) for copy in found.copies)
        return msgspec.structs.replace(found, copies=copies)

    def _asks(self, question: TrialQuestion) -> bool:
        return question.status is None and question.wanted != Wanted()

    async def _statuses(self, copies: tuple[Copy, ...], question: TrialQuestion) -> tuple[CopyStatus, ...]:
        if self._asks(question):
            return await self._appraiser.ask(copies)
        return tuple(CopyStatus(copy=copy, status=question.status or AVAILABLE) for copy in copies)

    def _answer(self, statuses: tuple[CopyStatus, ...], terms: PolicyTerms) -> Answer:
        return self._appraiser.answer(statuses, terms) if statuses else not_held()

    def _turned_away(self, partner_id: str | None, question: TrialQuestion) -> Answer | None:
        partner = self._directory.partner(partner_id)
        if partner is None:
            return None
        return turned_away(partner, question.service, self._directory.policy, self._appraiser.today())

    def _copy(self, status: CopyStatus, terms: PolicyTerms) -> CopyTrial:
        services = trace.services_tried(terms.service)
        each = (msgspec.structs.replace(terms, service=service) for service in services)
        return CopyTrial(
            status=status,
            lines=trace.lines_read(status.copy, terms, self._directory.policy),
            verdicts=tuple(self._appraiser.verdict(status, own) for own in each),
        )
