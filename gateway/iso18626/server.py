"""The door for peers: one path to which messages are posted, each answered in the same HTTP response.

    path, method → who may this be → how often → media type → read → unpack → decode → who is this → receive → confirmation

How often is asked before the message is read where the connection alone tells who is calling, else behind it. A check that
fails answers at once, and counts against the caller's address; what has been decoded goes to `receive`, the one hook into the gateway. The
gateway stores its confirmation (`confirmation_for`) in the transaction that stores the message, before the server
sends it; the server builds only the confirmations of what could not be decoded. HTTP statuses are those of
iso18626.md, "Confirmations"; how much a peer, or an address, may ask for is said in `limits`. Nothing is logged here
and no input ends the process: whatever happens is told to `on_exchange`, and a fault of ours is a 500, after which the
sender sends again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import Final

from aiohttp import ClientError, StreamReader, hdrs, web
from msgspec import Struct
from msgspec.structs import replace

from gateway.iso18626.authentication import (
    Presented,
    authorization,
    certain,
    client_address,
    network,
    shows_nothing,
    source,
    with_secret,
)
from gateway.iso18626.charsets import in_utf8
from gateway.iso18626.codec import Decoded, decode
from gateway.iso18626.codes import ErrorType, MessageKind
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.exchange import Exchange, OnExchange, Result
from gateway.iso18626.http_refusals import HttpRefusal, not_accepted, not_allowed, retry_after, too_many
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.limits import Buckets, Budget, Holding, Limits, Rate
from gateway.iso18626.messages import Confirmation, ErrorData, Header, kind_of
from gateway.iso18626.packing import CODINGS, TooLarge, coding_of, is_known, unpacked
from gateway.iso18626.parser import MAX_BYTES, badly_formed
from gateway.iso18626.receipts import confirmation_of_error, not_to_be_posted
from gateway.iso18626.repairs import Repair, RepairKind
from gateway.iso18626.tls import certificate_shown

MEDIA_TYPES: Final = frozenset({"application/xml", "text/xml"})
LEAST_BODY_LIMIT_BYTES: Final = 100_000
RETRY_WHEN_FULL_S: Final = 5.0
"""What a peer is asked to wait while too much is being read already."""


class ServerSettings(Struct, frozen=True, kw_only=True):
    """The path that is answered, limits, and the networks of the reverse proxies whose X-Forwarded-For counts; raises ValueError.

    100 KB must be accepted from anybody (iso18626.md), so a lower limit is refused; the parser reads no more than
    MAX_BYTES, so a higher one is, too.
    """

    path: str = "/iso18626"
    max_body_bytes: int = MAX_BYTES
    read_timeout_s: float = 15.0
    trusted_proxies: tuple[str, ...] = ()
    limits: Limits = Limits()
    stranger: str | None = None
    """Who a caller is taken for that shows nothing at all; None: nobody. Wrong credentials are refused all the same."""

    def __post_init__(self) -> None:
        """Refuse what would go wrong only when a message comes."""
        if not LEAST_BODY_LIMIT_BYTES <= self.max_body_bytes <= MAX_BYTES:
            raise ValueError(
                f"max_body_bytes is {self.max_body_bytes}, not between {LEAST_BODY_LIMIT_BYTES} and {MAX_BYTES}"
            )
        for text in self.trusted_proxies:
            network(text)


class Received(Struct, frozen=True, kw_only=True):
    """A message that a known peer has sent; `data` is what was read, `received_at` is aware."""

    peer: str
    decoded: Decoded
    data: bytes
    received_at: datetime


class ServerAnswer(Struct, frozen=True, kw_only=True):
    """What the gateway says: the confirmation, sent as it is, and what it holds (None: OK), for the record."""

    confirmation: bytes
    error: ErrorData | None = None


class Unavailable(Exception):  # noqa: N818  it says what the peer is told
    """Raised by `receive` or by the directory of peers without a store; the peer is to come again."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"unavailable, again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


PeerDirectory = Callable[[], KnownPeers]
Receive = Callable[[Received], Awaitable[ServerAnswer]]


class _Progress(Struct):
    """What is known of one exchange so far."""

    address: str
    result: Result = Result.OK
    peer: str | None = None
    kind: MessageKind | None = None
    error_type: ErrorType | None = None
    repairs: tuple[RepairKind, ...] = ()
    fault: Exception | None = None


class Iso18626Server:
    """Answers the posts of all peers; `handle` is the handler of a server of its own.

    `peers` is asked at each message, so that a change of credentials counts at once. `receive` returns the stored
    confirmation, or raises Unavailable; anything else it raises is a fault (500). `now` gives aware times. `servers`
    is how many such servers the rates are divided among: each allows its share.
    """

    def __init__(
        self,
        *,
        peers: PeerDirectory,
        receive: Receive,
        now: Callable[[], datetime],
        on_exchange: OnExchange,
        settings: ServerSettings,
        servers: Callable[[], int] = lambda: 1,
    ) -> None:
        self._servers = servers
        self._peers = peers
        self._receive = receive
        self._now = now
        self._on_exchange = on_exchange
        self._settings = settings
        limits = self._settings.limits
        self._budget = Budget(limits.held_bytes, limits.held_bytes_each)
        self._by_peer = Buckets()
        self._failures = Buckets()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """The answer to one HTTP request, whatever it is."""
        started_s = monotonic()
        shown = _presented(request, self._settings.trusted_proxies)
        progress = _Progress(address=source(shown.address))
        response = await self._respond(request, shown, progress)
        self._on_exchange(
            Exchange(
                result=progress.result,
                peer=progress.peer,
                address=progress.address or None,
                kind=progress.kind,
                http_status=response.status,
                error_type=progress.error_type,
                repairs=progress.repairs,
                latency_s=monotonic() - started_s,
                fault=progress.fault,
            )
        )
        return response

    async def _respond(self, request: web.BaseRequest, shown: Presented, progress: _Progress) -> web.Response:
        try:
            return await self._exchange(request, shown, progress)
        except HttpRefusal as refusal:
            progress.result = refusal.result
            if refusal.result is Result.NOT_ACCEPTED and progress.peer is None:
                self._count_failure(progress)
            return _text(refusal.status, refusal.headers)
        except Unavailable as pause:
            progress.result = Result.UNAVAILABLE
            return _text(HTTPStatus.SERVICE_UNAVAILABLE, retry_after(pause.retry_after_s))
        except Exception as fault:  # noqa: BLE001  no message may end the process; the hook's owner logs the fault
            progress.result, progress.fault = Result.FAULT, fault
            return _text(HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _exchange(self, request: web.BaseRequest, shown: Presented, progress: _Progress) -> web.Response:
        """The way of a message, as the module's docstring draws it."""
        peers = self._peers()
        self._check_failures(peers, shown, progress)
        _check_address(request, self._settings.path)
        self._check_caller(peers, shown, progress)
        _check_media_type(request)
        with Holding(self._budget, progress.address) as held:
            try:
                data = await _body(request, self._settings, held)
            except ProtocolError as error:
                response = self._refuse(error, peers, shown, progress)
                response.force_close()  # where the body would end is not known
                return response
            return await self._answer(*in_utf8(data, request.charset), peers, shown, progress)

    async def _answer(
        self, data: bytes, recoded: tuple[Repair, ...], peers: KnownPeers, shown: Presented, progress: _Progress
    ) -> web.Response:
        """What a document comes to, once it has been read; `recoded` is what was put right in it so far."""
        await self._in_step()
        try:
            decoded = decode(data)
            if recoded:
                decoded = replace(decoded, repairs=recoded + decoded.repairs)
            header = _header(decoded)
        except ProtocolError as error:
            return self._refuse(error, peers, shown, progress)
        progress.kind = kind_of(decoded.message)
        progress.repairs = tuple(repair.kind for repair in decoded.repairs)
        peer = self._identified(peers, with_secret(shown, header.authentication), progress)
        await self._in_step()
        answer = await self._receive(Received(peer=peer, decoded=decoded, data=data, received_at=self._now()))
        if answer.error is not None:
            progress.result, progress.error_type = Result.ERROR, answer.error.error_type
        return _xml(HTTPStatus.OK, answer.confirmation)

    async def _in_step(self) -> None:
        """Let what came at the same time, if anything did, come as far: together, each costs a fifth less (the processor's caches)."""
        if self._budget.holdings > 1:
            await asyncio.sleep(0)

    def _refuse(self, error: ProtocolError, peers: KnownPeers, shown: Presented, progress: _Progress) -> web.Response:
        """The confirmation of what could not be decoded; a secret that can be read has to be right even so."""
        progress.kind = error.kind
        secret = error.header.authentication
        if secret is not None or peers.identify(shown) is not None:
            self._identified(peers, with_secret(shown, secret), progress)
        else:
            self._count_failure(progress)
        progress.result, progress.error_type = Result.ERROR, error.error_type
        status = HTTPStatus.BAD_REQUEST if _is_unreadable(error) else HTTPStatus.OK
        return _xml(status, confirmation_of_error(error, self._now()))

    def _check_caller(self, peers: KnownPeers, shown: Presented, progress: _Progress) -> None:
        """Refuse who can't be anybody, and before its message is read who is known without it and sends too many."""
        possible = peers.possible(shown)
        peer = certain(possible)
        if peer is not None:
            self._admit(peer, progress)
        elif not possible and not self._may_be_stranger(shown):
            raise self._failed(peers, shown, progress)

    def _identified(self, peers: KnownPeers, shown: Presented, progress: _Progress) -> str:
        """Who is calling, within its rate."""
        if progress.peer is not None:
            return progress.peer
        peer = peers.identify(shown)
        if peer is not None:
            return self._admit(peer, progress)
        if not self._may_be_stranger(shown):
            raise self._failed(peers, shown, progress)
        return self._admit_stranger(progress)

    def _admit(self, peer: str, progress: _Progress) -> str:
        """A peer, within its rate; its address has a clean slate."""
        progress.peer = peer
        self._failures.forget(progress.address)
        rate = self._settings.limits.rates.get(peer)
        wait_s = self._by_peer.take(peer, rate.share(self._servers()), monotonic()) if rate else 0.0
        if wait_s:
            raise too_many(wait_s)
        return peer

    def _may_be_stranger(self, shown: Presented) -> bool:
        return self._settings.stranger is not None and shows_nothing(shown)

    def _admit_stranger(self, progress: _Progress) -> str:
        """A caller that shows nothing, within the rate of its address."""
        name = progress.peer = self._settings.stranger or ""
        rate = self._settings.limits.strangers.share(self._servers())
        wait_s = self._by_peer.take(f"{name} {progress.address}", rate, monotonic())
        if wait_s:
            raise too_many(wait_s)
        return name

    def _check_failures(self, peers: KnownPeers, shown: Presented, progress: _Progress) -> None:
        """Refuse an address that failed too often, unless HTTP alone proves who is calling: a neighbour may have failed."""
        if not len(self._failures):
            return
        wait_s = self._failures.wait_s(progress.address, self._failure_rate(), monotonic())
        if wait_s and peers.identify(shown) is None:
            raise too_many(wait_s)

    def _failed(self, peers: KnownPeers, shown: Presented, progress: _Progress) -> HttpRefusal:
        """Count a caller that could not be identified, and give what it is told."""
        self._count_failure(progress)
        return not_allowed(peers, shown)

    def _count_failure(self, progress: _Progress) -> None:
        self._failures.take(progress.address, self._failure_rate(), monotonic())

    def _failure_rate(self) -> Rate:
        return self._settings.limits.failures.share(self._servers())


def _check_address(request: web.BaseRequest, path: str) -> None:
    if request.path != path:
        raise not_accepted(HTTPStatus.NOT_FOUND)
    # RFC 9110, 15.5.6: a 405 says which methods there are; 15.5.16: a 415 says which types, or codings, are taken.
    if request.method != hdrs.METH_POST:
        raise not_accepted(HTTPStatus.METHOD_NOT_ALLOWED, {hdrs.ALLOW: hdrs.METH_POST})


def _check_media_type(request: web.BaseRequest) -> None:
    """Any charset will do, XML says its own (and `charsets` reads what does not); so will no media type at all, since some peers name none."""
    named = request.headers.get(hdrs.CONTENT_TYPE, "").strip()
    if named and request.content_type.casefold() not in MEDIA_TYPES:
        raise not_accepted(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {hdrs.ACCEPT: ", ".join(sorted(MEDIA_TYPES))})
    if not is_known(coding_of(request.headers)):
        raise not_accepted(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {hdrs.ACCEPT_ENCODING: ", ".join(CODINGS)})


def _presented(request: web.BaseRequest, trusted_proxies: tuple[str, ...]) -> Presented:
    """What the caller shows before its message is read."""
    tls = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
    name, sha256 = certificate_shown(tls)
    return replace(
        authorization(request.headers.get(hdrs.AUTHORIZATION)),
        certificate_name=name,
        certificate_sha256=sha256,
        address=client_address(request.remote, request.headers.getall(hdrs.X_FORWARDED_FOR, ()), trusted_proxies),
    )


async def _body(request: web.BaseRequest, settings: ServerSettings, held: Holding) -> bytes:
    """The whole body, unpacked if it came compressed, within the limits of size, time and memory.

    Raises ProtocolError for one that cannot be unpacked: its sender is there to be answered, unlike one that is gone.
    """
    try:
        body = await _as_it_came(request, settings, held)
        if not coding_of(request.headers):
            return body
        plain = unpacked(body, settings.max_body_bytes)
    except TooLarge:
        raise not_accepted(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    except TimeoutError:
        raise not_accepted(HTTPStatus.REQUEST_TIMEOUT) from None
    except web.RequestPayloadError:
        raise badly_formed("the body is not encoded as HTTP says") from None
    except (ClientError, OSError):
        raise not_accepted(HTTPStatus.BAD_REQUEST) from None
    _check_room(plain, len(plain), settings, held)
    return plain


async def _as_it_came(request: web.BaseRequest, settings: ServerSettings, held: Holding) -> bytes:
    if (request.content_length or 0) > settings.max_body_bytes:
        raise TooLarge
    if request.content.is_eof():  # all of it came with the head: there is nothing to wait for
        body = request.content.read_nowait()
        _check_room(body, len(body), settings, held)
        return body
    async with asyncio.timeout(settings.read_timeout_s):
        return await _what_comes(request.content, settings, held)


async def _what_comes(content: StreamReader, settings: ServerSettings, held: Holding) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        _check_room(chunk, len(body), settings, held)
    return bytes(body)


def _check_room(chunk: bytes, size: int, settings: ServerSettings, held: Holding) -> None:
    """Refuse a chunk with which the body, of that size now, is too large, or all bodies together are."""
    if size > settings.max_body_bytes:
        raise TooLarge
    if not held.add(len(chunk)):
        raise Unavailable(RETRY_WHEN_FULL_S)


def _header(decoded: Decoded) -> Header:
    """The header of a message of the three kinds that are confirmed; raises ProtocolError for any other."""
    if isinstance(decoded.message, Confirmation):
        raise not_to_be_posted(decoded)
    return decoded.message.header


def _is_unreadable(error: ProtocolError) -> bool:
    """Whether not even the kind of the message could be read: a message with a part missing can be answered as one."""
    return error.error_type == ErrorType.BADLY_FORMED_MESSAGE and error.kind is None


def _xml(status: HTTPStatus, confirmation: bytes) -> web.Response:
    return web.Response(status=status, body=confirmation, headers={hdrs.CONTENT_TYPE: "application/xml; charset=utf-8"})


def _text(status: HTTPStatus, headers: dict[str, str] | None = None) -> web.Response:
    """A few words for people; the connection ends, since the rest of a body may still be on its way."""
    response = web.Response(status=status, text=f"{status.phrase}\n", headers=headers)
    response.force_close()
    return response
