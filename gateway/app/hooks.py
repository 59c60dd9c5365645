"""What the libraries report: each exchange is counted, and what a person should know of is logged."""

import asyncio
from typing import Final

import structlog

from gateway.catalogue.asking import SearchResult
from gateway.desk.sign_ins import SignInOutcome, SignInTry
from gateway.dispatch.fault_tally import FaultTally
from gateway.dispatch.performers.overhearing import note_exchange
from gateway.iso18626.codes import MessageStatus
from gateway.iso18626.exchange import Exchange as IsoExchange
from gateway.iso18626.exchange import Result
from gateway.iso18626.limits import Buckets, Rate
from gateway.metrics import Metrics
from gateway.room import ConnectionTrouble
from gateway.sip2.connection import Exchange as SipExchange
from gateway.workflow.figures import Direction

ACS: Final = "main"
"""The circulation system's name in the metrics."""
LINES: Final = Rate(burst=20, per_s=1 / 60)
"""Of each caller and each way to be refused: what is logged of messages that were not accepted."""
LINES_OF_ALL: Final = Rate(burst=100, per_s=10)
"""Of all callers together, who may have many addresses."""

_log = structlog.get_logger(__name__)


class Hooks:
    """The ears of one gateway."""

    def __init__(self, metrics: Metrics, tally: FaultTally) -> None:
        self._metrics = metrics
        self._tally = tally
        self._lines = Buckets()
        self.catalogue_trouble = ""
        """What the last query to the catalogue ran into, in words; empty where it went well."""

    def called(self, exchange: SipExchange) -> None:
        """Hear of a message to the circulation system and its answer."""
        self._metrics.sip2_call(ACS, exchange.code, exchange.outcome, exchange.latency_s)
        if exchange.outcome == "login_refused":
            self._metrics.login_refused(ACS)
            _log.warning("the circulation system refused our login")
        note_exchange(exchange)

    def searched(self, result: SearchResult, latency_s: float, words: str) -> None:
        """Hear of a query to the catalogue."""
        self._metrics.catalogue_asked(result, latency_s)
        self.catalogue_trouble = words

    def searched_elsewhere(self, result: SearchResult, _latency_s: float, _words: str) -> None:
        """Hear of a query to a partner's catalogue."""
        self._metrics.partners_catalogue_asked(result)

    def turned_away(self, listener: str, why: ConnectionTrouble, address: str) -> None:
        """Hear of a connection that was refused or cut short."""
        self._metrics.connection_turned_away(listener, why)
        if self._is_worth_a_line(f"{listener} {why} {address}"):
            _log.warning("connection turned away", listener=listener, why=why, address=address)

    def refused(self, address: str, too_many: bool) -> None:  # noqa: FBT001 - the API's own hook
        """Hear of a call of the API without a valid token."""
        result = Result.TOO_MANY if too_many else Result.NOT_ALLOWED
        self._metrics.api_call_refused(result)
        if self._is_worth_a_line(f"api {result} {address}"):
            _log.warning("call without a valid token", address=address, result=result)

    def signed_in(self, tried: SignInTry) -> None:
        """Hear of a try to sign in at the desk."""
        self._metrics.signed_in(tried.outcome)
        if tried.outcome is SignInOutcome.DONE:
            _log.info("signed in", account=tried.account, address=tried.address)
        elif self._is_worth_a_line(f"sign-in {tried.outcome} {tried.address}"):
            _log.warning("not signed in", account=tried.account, address=tried.address, outcome=tried.outcome)

    def received(self, exchange: IsoExchange) -> None:
        """Hear of a peer's message and what it was answered."""
        self._tally.count(Direction.IN, exchange)
        self._metrics.message_received(exchange.peer, exchange.kind, exchange.result)
        self._metrics.repaired(exchange.peer, exchange.repairs)
        if exchange.result in (Result.OK, Result.ERROR):
            status = MessageStatus.OK if exchange.result is Result.OK else MessageStatus.ERROR
            self._metrics.confirmation_sent(exchange.peer, status, exchange.error_type)
            self._metrics.accepted(exchange.latency_s)
        if exchange.fault is not None:
            _log.error("a message could not be handled", peer=exchange.peer, exc_info=exchange.fault)
        elif exchange.result is not Result.OK and self._is_worth_a_line(_caller(exchange)):
            _log.warning(
                "message not accepted",
                peer=exchange.peer,
                address=exchange.address,
                result=exchange.result,
                error=exchange.error_type,
            )

    def _is_worth_a_line(self, caller: str) -> bool:
        """Whoever floods us, or guesses secrets, does not fill the log: the metrics have the number."""
        now_s = asyncio.get_running_loop().time()
        return self._lines.take(caller, LINES, now_s) == 0 and self._lines.take("", LINES_OF_ALL, now_s) == 0

    def sent(self, exchange: IsoExchange) -> None:
        """Hear of a message of ours and how the peer took it."""
        self._tally.count(Direction.OUT, exchange)
        self._metrics.message_sent(exchange.peer or "", exchange.kind or "", exchange.result)
        self._metrics.repaired(exchange.peer, exchange.repairs)


def _caller(exchange: IsoExchange) -> str:
    return f"{exchange.result} {exchange.peer or exchange.address}"
