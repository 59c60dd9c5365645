"""One connection against servers that misbehave, over real sockets on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

import pytest
import trustme

from gateway.sip2 import requests
from gateway.sip2.connection import Address, Connection, Exchange, dial
from gateway.sip2.errors import LoginRefused, NotSent, Outcome, Reason, Unknown
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import Credentials, LoginKind, Profile
from tests.sip2.hostile import DATE, Act, Answer, HostileAcs, polite, trailed, until

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
QUICK = Profile(
    connect_timeout_s=2, login_timeout_s=0.2, reply_timeout_s=0.2, reply_timeout_floor_s=0.1, location_code="ILL"
)
ITEM = requests.item_information(QUICK, AT, "3999")
CHECKOUT = requests.checkout(QUICK, AT, customer="29999000001234", item="3999")


@asynccontextmanager
async def connected(
    acs: HostileAcs,
    profile: Profile = QUICK,
    hook: Callable[[Exchange], None] | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Connection]:
    connection = await dial(acs.address, profile, Credentials("gw", "hush"), now=monotonic, hook=hook, ssl_context=tls)
    try:
        await connection.log_in()
        yield connection
    finally:
        connection.close()
        await connection.wait_closed()


async def test_it_logs_in_asks_for_the_status_and_exchanges() -> None:
    async with HostileAcs().serve() as acs, connected(acs) as connection:
        reply = await connection.exchange(ITEM)
        assert (reply.first("AJ"), acs.codes()) == ("The Imaginary Almanac", ["93", "99", "17"])
        assert connection.status is not None
        assert connection.status.supports("15") is True


async def test_each_exchange_is_reported_without_secrets_or_personal_data() -> None:
    seen: list[Exchange] = []
    async with HostileAcs().serve() as acs, connected(acs, hook=seen.append) as connection:
        await connection.exchange(requests.patron_information(QUICK, AT, "29999000001234"))
    assert [(each.code, each.outcome) for each in seen] == [
        ("93", Outcome.REPLY),
        ("99", Outcome.REPLY),
        ("63", Outcome.REPLY),
    ]
    assert "AA …1234" in seen[2].sent
    assert "AE (not shown)" in seen[2].received
    assert all(0 <= each.latency_s < 60 and each.at > 0 for each in seen)
    assert not [word for word in ("hush", "Doe", "29999000001234") if word in repr(seen)]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Act.SILENCE, Outcome.TIMEOUT),
        (b"18030001" + DATE.encode() + b"AB39", Outcome.TIMEOUT),  # half a reply
        (trailed("AY2", polite("17||AB3999|"))[:-1], Outcome.TIMEOUT),  # all of it, without the terminator
        (Act.HANG_UP, Outcome.CLOSED),
        (f"18030001{DATE}AB3998|AJAnother Almanac|", Outcome.WRONG_ECHO),
        (b"941\r", Outcome.WRONG_ECHO),
        (f"98YYYYNN999002{DATE}2.00AOEXV|", Outcome.STATUS_INSTEAD),
        (b"\x00\xff\xfe#!\r", Outcome.NOISE),
        (b"18" + b"x" * 70_000, Outcome.OVERSIZE),
        (b"96\r", Outcome.TIMEOUT),  # sent again, and then: silence
    ],
    ids=repr,
)
@pytest.mark.parametrize("request_", [ITEM, CHECKOUT], ids=["17", "11"])
async def test_no_valid_reply_is_an_unknown_outcome_and_ends_the_line(answer, outcome: Outcome, request_) -> None:
    code = "17" if request_ is ITEM else "11"
    seen: list[Exchange] = []
    script = {code: [answer, Act.SILENCE]}
    async with HostileAcs(script).serve() as acs, connected(acs, hook=seen.append) as connection:
        with pytest.raises(Unknown) as caught:
            await connection.exchange(request_)
        assert (caught.value.outcome, caught.value.code, connection.usable) == (outcome, code, False)
        assert (seen[-1].outcome, seen[-1].code) == (outcome, code)
        assert acs.codes().count(code) == (2 if answer == b"96\r" else 1)
        await until(lambda: acs.lines() == 0)
        with pytest.raises(NotSent):
            await connection.exchange(request_)


@pytest.mark.parametrize("cut", [1, 5, 30])
async def test_a_reply_in_pieces_is_put_together(cut: int) -> None:
    whole = trailed("AY2", polite("17||AB3999|"))
    async with HostileAcs({"17": [whole[:cut]]}).serve() as acs, connected(acs) as connection:
        waiting = asyncio.create_task(connection.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        acs.say(whole[cut:])
        assert (await waiting).first("AB") == "3999"


async def test_the_98_s_timeout_is_honoured() -> None:
    status = f"98YYYYNN002002{DATE}2.00AOEXV|"
    script: dict[str, list[Answer]] = {"99": [status], "17": [Act.SILENCE]}
    patient = Profile(reply_timeout_s=60, reply_timeout_floor_s=0.05)
    async with HostileAcs(script).serve() as acs, connected(acs, patient) as connection:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        with pytest.raises(Unknown):
            await connection.exchange(ITEM)
        assert 0.15 < loop.time() - began_s < 30, "0.2 s, as the 98 says, and not the profile's minute"


async def test_an_idle_line_that_the_acs_closes_is_noticed() -> None:
    async with HostileAcs().serve() as acs, connected(acs) as connection:
        acs.hang_up()
        await until(lambda: not connection.usable)
        with pytest.raises(NotSent, match="idle"):
            await connection.exchange(CHECKOUT)
        assert acs.codes() == ["93", "99"]


async def test_an_unsolicited_98_on_an_idle_line_does_no_harm() -> None:
    async with HostileAcs().serve() as acs, connected(acs) as connection:
        acs.say(f"98YYYYNN300001{DATE}2.00AOEXV|\r\n".encode())
        await until(lambda: connection.status is not None and connection.status.timeout_s == 30)
        assert (await connection.exchange(ITEM)).code == "18"


# Opening


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"93": ["940"]}, Reason.LOGIN),
        ({"93": [Act.SILENCE]}, Reason.CONNECT),  # at its connection limit
        ({"93": [Act.HANG_UP]}, Reason.CONNECT),
        ({"99": [Act.SILENCE]}, Reason.CONNECT),
        ({"99": [f"98NYYYNN999002{DATE}2.00AOEXV|"]}, Reason.OFFLINE),
        ({"93": [b"garbage" * 10_000]}, Reason.CONNECT),
    ],
)
async def test_an_opening_that_fails_sends_nothing(script, reason: Reason) -> None:
    async with HostileAcs(script).serve() as acs:
        with pytest.raises(NotSent) as caught:
            async with connected(acs):
                pytest.fail("not reached")
        assert caught.value.reason is reason
        assert isinstance(caught.value, LoginRefused) is (reason is Reason.LOGIN)
        assert "hush" not in str(caught.value)


async def test_a_refused_connection_is_an_os_error() -> None:
    async with HostileAcs().serve() as acs:
        gone = acs.address
    with pytest.raises(ConnectionRefusedError):
        await dial(gone, QUICK, Credentials(), now=monotonic)


async def test_login_by_prompts_over_a_socket() -> None:
    profile = Profile(login=LoginKind.TELNET, login_timeout_s=2)
    script: dict[str, list[Answer]] = {"gw": [b"\r\npassword: "], "hu": [b"Login OK.  Initiating SIP\r\n"]}
    async with HostileAcs(script, greeting=b"login: ").serve() as acs, connected(acs, profile) as connection:
        assert (await connection.exchange(ITEM)).code == "18"


async def test_tls_is_spoken_and_certificates_are_checked() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with HostileAcs().serve(server) as acs:
        async with connected(acs, Profile(), tls=trusting) as connection:
            assert (await connection.exchange(ITEM)).code == "18"
        with pytest.raises(ssl.SSLCertVerificationError):
            await dial(acs.address, QUICK, Credentials(), now=monotonic, ssl_context=ssl.create_default_context())


async def test_a_pool_connects_with_certificates_that_were_renewed() -> None:
    authority = trustme.CA()
    server, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(trusting)
    async with (
        HostileAcs().serve(server) as acs,
        Lines(acs.address, Profile(), Credentials("gw", "hush"), ssl_context=ssl.create_default_context()) as lines,
    ):
        with pytest.raises(NotSent):
            await lines.exchange(ITEM)
        lines.renew_tls(trusting)
        await lines.resume()
        assert (await lines.exchange(ITEM)).code == "18"


async def test_a_cancelled_exchange_drops_the_line() -> None:
    async with HostileAcs({"17": [Act.SILENCE]}).serve() as acs, connected(acs, Profile()) as connection:
        task = asyncio.create_task(connection.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not connection.usable
        await until(lambda: acs.lines() == 0)


async def test_a_server_that_never_shakes_hands_meets_the_connect_deadline() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        hasty = Profile(connect_timeout_s=0.1)
        with pytest.raises(TimeoutError):
            await dial(address, hasty, Credentials(), now=monotonic, ssl_context=ssl.create_default_context())
        await until(gone.is_set)
