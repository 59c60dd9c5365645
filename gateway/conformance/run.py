"""A run: posts the probes, holds the conversation, and hears the other side at a door of its own. Shell around pure parts.

Each finding is told as soon as it is known. Nothing is kept, and nothing of a message is logged.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from aiohttp import web
from msgspec import Struct

from gateway.conformance import letters
from gateway.conformance.conversation import ACTIONS, OF_A_LOAN, SupplierSaid, Turn, answers, said, steps_after
from gateway.conformance.findings import Need, NeedFinding, Verdict, heard_remarks, judge
from gateway.conformance.probes import Letter, Probe, probes
from gateway.conformance.subject import Subject
from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.client import CONTENT_TYPE, Endpoint, Iso18626Client, client_session
from gateway.iso18626.codec import Decoded, encode
from gateway.iso18626.dialects import DIALECTS, incoming
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.messages import Request, RequestingAgencyMessage, SupplyingAgencyMessage, kind_of
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected
from gateway.iso18626.server import Iso18626Server, Received, ServerAnswer, ServerSettings

DOOR_PATH: Final = "/iso18626"
CONVERSATION: Final = "conversation"
ANYBODY: Final = ("0.0.0.0/0", "::/0")
TURNS_TO_ACCEPT: Final = 5
"""Turns of the loop in which a connection that was just accepted becomes one that the server knows and closes."""
STOP_WITHIN_S: Final = 0.5

OnFinding = Callable[[NeedFinding], None]


class Unreachable(Exception):  # noqa: N818 - how a run ends that cannot begin
    """The first message was not taken by anybody: the address or the credentials are not right."""


class SecretPlace(StrEnum):
    """How a secret is shown to the other side; a security code stands in the message's header."""

    BEARER = "bearer"
    BASIC = "basic"
    SECURITY_CODE = "security-code"


class Trial(Struct, frozen=True, kw_only=True):
    """Who is tried, where, how long a confirmation may take, and how long and where we wait for an answer."""

    subject: Subject
    endpoint: Endpoint
    confirmation_s: float = 20.0
    answer_s: float = 30.0
    listen: tuple[str, int] | None = None


def endpoint_for(url: str, *, account: str | None, secret: str | None, shown: SecretPlace) -> Endpoint:
    """Where the other side is and what it is shown over HTTP. Raises ValueError for a secret with a line break."""
    return Endpoint(
        peer="tested",
        url=url,
        basic_user=account if shown is SecretPlace.BASIC else None,
        basic_password=secret if shown is SecretPlace.BASIC else None,
        bearer=secret if shown is SecretPlace.BEARER else None,
    )


class Door:
    """What came to us, in order."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Decoded] = asyncio.Queue()

    async def receive(self, received: Received) -> ServerAnswer:
        """Confirm whatever comes; the door is open for the time of a run."""
        self._heard.put_nowait(received.decoded)
        return ServerAnswer(confirmation=confirmation_for(received.decoded, received.received_at))

    async def next(self) -> Decoded:
        """The next message, once it is there."""
        return await self._heard.get()


@asynccontextmanager
async def opened(host: str, port: int) -> AsyncIterator[Door]:
    """A door at which anybody may post for a while. Raises OSError where the port can't be had.

    At the end nobody is accepted any more before the socket is closed: a connection that is accepted in the very turn in
    which asyncio's server closes (Python 3.11) would hang for ever.
    """
    door = Door()
    tested = KnownPeers([PeerCredentials(peer="tested", networks=ANYBODY)])
    peers = Iso18626Server(
        peers=lambda: tested,
        receive=door.receive,
        now=_now,
        on_exchange=lambda _: None,
        settings=ServerSettings(path=DOOR_PATH),
    )
    answering = web.Server(peers.handle, access_log=None, auto_decompress=False)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(answering, host, port)
    try:
        yield door
    finally:
        for each in listening.sockets:
            loop.remove_reader(each.fileno())
        for _ in range(TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        listening.close()
        await answering.shutdown(STOP_WITHIN_S)


async def run(trial: Trial, on_finding: OnFinding) -> None:
    """The conversation, while the title is still there to be had, and then all probes.

    Raises Unreachable where not even the first message finds anybody, OSError where we can't listen.
    """
    if trial.listen is None:
        await _run(trial, on_finding, None)
        return
    async with opened(*trial.listen) as door:
        await _run(trial, on_finding, door)


async def _run(trial: Trial, on_finding: OnFinding, door: Door | None) -> None:
    async with client_session() as session:
        client = Iso18626Client(session, now=_now, sleep=asyncio.sleep, on_exchange=lambda _: None)
        tester = _Tester(trial, client, door)
        await tester.converse(on_finding)
        await tester.probe(on_finding)


def count_of_probes(subject: Subject) -> int:
    """How many findings the probes alone will bring."""
    return sum(1 for _ in probes(subject))


class _Tester:
    def __init__(self, trial: Trial, client: Iso18626Client, door: Door | None) -> None:
        self._trial = trial
        self._subject = trial.subject
        self._client = client
        self._door = door
        self._last: bytes | None = None

    async def probe(self, on_finding: OnFinding) -> None:
        """Post each probe once."""
        for probe in probes(self._subject):
            on_finding(await self._put(probe))

    async def _put(self, probe: Probe) -> NeedFinding:
        letter = probe.write(_now())
        outcome = await self._post(letter)
        finding = judge(
            group=probe.group,
            probe=probe.name,
            need=probe.need,
            outcome=outcome,
            sent=None if probe.deviates else letter.meant,
            deviates=probe.deviates,
        )
        answer = outcome.data if isinstance(outcome, Confirmed | Rejected) else None
        if probe.repeats and finding.verdict is not Verdict.NO_ANSWER:
            word = "the same confirmation" if answer == self._last else "another confirmation"
            finding = _remarked(finding, word)
        self._last = answer
        return finding

    async def _post(self, letter: Letter) -> Outcome:
        return await self._client.post(
            self._trial.endpoint,
            letter.data,
            kind=letter.kind,
            timeout_s=self._trial.confirmation_s,
            content_type=letter.content_type or CONTENT_TYPE,
        )

    async def converse(self, on_finding: OnFinding) -> None:
        """One request, from New as far as it goes. Raises Unreachable where the New finds nobody."""
        request_id = f"{self._subject.run_id}-TALK"
        told: SupplierSaid | None = None
        for step in (Turn.ASK, Turn.STATUS_REQUEST):
            told = await self._step(step, request_id, on_finding) or told
        for step in steps_after(told):
            await self._step(step, request_id, on_finding)

    async def _step(self, step: Turn, request_id: str, on_finding: OnFinding) -> SupplierSaid | None:
        """Say one thing, and hear what is said to it; the last message that counted."""
        message = self._message(step, request_id)
        version = self._subject.version
        letter = Letter(data=encode(message, version), kind=kind_of(message), meant=message)
        outcome = await self._post(letter)
        if step is Turn.ASK and isinstance(outcome, NotDelivered):
            raise Unreachable(outcome.words)
        need = Need.FREE if step in (Turn.STATUS_REQUEST, Turn.RENEW) else Need.ACCEPT
        finding = judge(group=CONVERSATION, probe=step, need=need, outcome=outcome, sent=message, deviates=False)
        if not isinstance(outcome, Confirmed) or step is OF_A_LOAN[0]:
            on_finding(finding)
            return None
        told, heard = await self._listen(step, request_id)
        on_finding(_remarked(finding, *heard))
        return told

    def _message(self, step: Turn, request_id: str) -> Request | RequestingAgencyMessage:
        at = _now()
        if step is Turn.ASK:
            return letters.request(self._subject, at, request_id, self._subject.version)
        return letters.action(self._subject, at, request_id, ACTIONS[step])

    async def _listen(self, step: Turn, request_id: str) -> tuple[SupplierSaid | None, list[str]]:
        """Wait until the answer to a step has come; what was heard meanwhile, in words."""
        if self._door is None:
            return None, ["nobody listens (--listen)"]
        heard: list[str] = []
        told: SupplierSaid | None = None
        try:
            async with asyncio.timeout(self._trial.answer_s):
                while told is None or not answers(step, told):
                    decoded = await self._door.next()
                    told = self._said(decoded, request_id) or told
                    heard += self._words(decoded, request_id)
        except TimeoutError:
            heard.append(f"no answer within {self._trial.answer_s:g} s")
        return told, heard

    def _said(self, decoded: Decoded, request_id: str) -> SupplierSaid | None:
        message = decoded.message
        if not isinstance(message, SupplyingAgencyMessage):
            return None
        if message.header.requesting_agency_request_id != request_id:
            return None
        return said(incoming(DIALECTS[self._subject.dialect], message))

    def _words(self, decoded: Decoded, request_id: str) -> Iterator[str]:
        """What a message of the conversation said; those about the probes' requests are not told."""
        told = self._said(decoded, request_id)
        if told is not None:
            yield f"heard {told.words}"
            yield from heard_remarks(decoded)


def _remarked(finding: NeedFinding, *remarks: str) -> NeedFinding:
    return NeedFinding(
        group=finding.group,
        probe=finding.probe,
        need=finding.need,
        verdict=finding.verdict,
        remarks=(*finding.remarks, *remarks),
    )


def _now() -> datetime:
    return datetime.now(UTC)
