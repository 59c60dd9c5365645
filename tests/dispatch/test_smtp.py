"""The line to the mail server: made secret both ways, with a sign-in, against a real SMTP server with a certificate made here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.dispatch.mailed import MailOutcome, MailSent, MailUnsent
from gateway.dispatch.results import Fault, Later
from gateway.dispatch.smtp import MailServer, Smtp
from gateway.outgoing import Destinations
from tests.fakes.certificates import Certificate, certificate_for
from tests.fakes.clock import FakeTime
from tests.fakes.mail_server import PASSWORD, USER, MailBox, MailTls, Step, mail_server

Stopped = Callable[[MailBox, Step, "Begun"], Awaitable[MailOutcome]]
BEFORE_DATA = (Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT)
FROM_DATA_ON = (Step.DATA, Step.WITHIN_DATA, Step.END_OF_DATA)
MESSAGE = b"From: ill@library.example\r\nTo: a@partner.example\r\nSubject: Hello\r\n\r\nHello.\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_for("localhost", tmp_path_factory.mktemp("certificate"))


@pytest.fixture(params=[MailTls.STARTTLS, MailTls.FROM_THE_START])
async def secret(request: pytest.FixtureRequest, certificate: Certificate) -> AsyncIterator[MailBox]:
    async with mail_server(tls=request.param, certificate=certificate) as box:
        yield box


def way_to(box: MailBox, certificate: Certificate | None, **more: object) -> Smtp:
    given: dict[str, Any] = {
        "host": "localhost",
        "port": box.port,
        "sender": "ill@library.example",
        "use_tls": box.tls is MailTls.FROM_THE_START,
        "start_tls": True,
        "ca_file": certificate.ca if certificate else None,
        "user": USER,
        "password": PASSWORD,
        "timeout_s": 5.0,
        "pause_s": 0.0,
    }
    server = MailServer(**(given | more))
    return Smtp(time=FakeTime(), server=server, destinations=Destinations(("127.0.0.0/8", "::1/128")))


async def handed_over(way: Smtp) -> MailOutcome:
    async def begin() -> None:
        """Nothing is written down here."""

    return await way.hand_over("a@partner.example", MESSAGE, begin)


async def test_a_mail_goes_over_a_secret_line_after_a_sign_in(secret: MailBox, certificate: Certificate) -> None:
    outcome = await handed_over(way_to(secret, certificate))
    assert isinstance(outcome, MailSent), outcome
    assert (secret.signed_in, secret.was_secret, len(secret.taken)) == ([USER], [True], 1)


async def test_a_password_that_is_refused_leaves_the_lane_and_is_told_without_it(
    secret: MailBox, certificate: Certificate
) -> None:
    outcome = await handed_over(way_to(secret, certificate, password="wrong one"))
    assert isinstance(outcome, Later)
    assert (outcome.fault, outcome.unstarted) == (Fault.LANES, True)
    assert "refused our sign-in: 535" in outcome.words
    assert "wrong one" not in outcome.words
    assert secret.taken == []


async def test_a_certificate_of_nobody_we_trust_ends_it_before_the_sign_in(secret: MailBox) -> None:
    outcome = await handed_over(way_to(secret, None))
    assert isinstance(outcome, Later)
    assert "certificate is not trusted" in outcome.words
    assert (secret.signed_in, secret.taken) == ([], [])


async def test_a_certificate_for_another_name_is_not_taken(tmp_path: Path) -> None:
    other = certificate_for("mail.elsewhere.example", tmp_path)
    async with mail_server(tls=MailTls.FROM_THE_START, certificate=other) as box:
        outcome = await handed_over(way_to(box, other))
    assert isinstance(outcome, Later)
    assert "certificate is not trusted" in outcome.words


async def test_a_server_that_can_not_make_the_line_secret_gets_neither_password_nor_mail() -> None:
    async with mail_server() as box:
        outcome = await handed_over(way_to(box, None))
    assert isinstance(outcome, Later)
    assert "STARTTLS" in outcome.words
    assert (box.signed_in, box.taken) == ([], [])


async def test_mails_keep_their_rate() -> None:
    time = FakeTime()
    async with mail_server() as box:
        server = MailServer(host="127.0.0.1", port=box.port, sender="a@b.example", start_tls=False, pause_s=10.0)
        way = Smtp(time=time, server=server, destinations=Destinations(("127.0.0.0/8",)))
        assert isinstance(await handed_over(way), MailSent)
        second = asyncio.create_task(handed_over(way))
        await time.advance(9.9)
        assert (second.done(), len(box.taken)) == (False, 1)
        await time.advance(0.2)
        assert isinstance(await second, MailSent)


class Begun:
    """Counts how often a mail was marked as begun."""

    def __init__(self) -> None:
        self.times = 0

    async def mark(self) -> None:
        self.times += 1


def clear_way(box: MailBox, timeout_s: float) -> Smtp:
    server = MailServer(
        host="127.0.0.1", port=box.port, sender="a@b.example", start_tls=False, timeout_s=timeout_s, pause_s=0.0
    )
    return Smtp(time=FakeTime(), server=server, destinations=Destinations(("127.0.0.0/8",)))


async def dropped(box: MailBox, step: Step, begun: Begun) -> MailOutcome:
    """What comes of a line that the server drops there. It is heard of at once, whatever the timeout is."""
    box.drop_at = step
    return await clear_way(box, 600.0).hand_over("a@partner.example", MESSAGE, begun.mark)


async def delayed(box: MailBox, step: Step, begun: Begun) -> MailOutcome:
    """What comes of a server that says nothing there. A slow machine gets more time until it comes that far."""
    box.delay_at, timeout_s = step, 0.25
    while True:
        begun.times = 0
        outcome = await clear_way(box, timeout_s).hand_over("a@partner.example", MESSAGE, begun.mark)
        if box.stopped:
            return outcome
        timeout_s *= 2


@pytest.mark.parametrize("stopped", [dropped, delayed])
@pytest.mark.parametrize("step", BEFORE_DATA, ids=lambda step: step.value)
async def test_a_line_that_stops_before_data_has_sent_nothing_and_the_mail_goes_once(stopped: Stopped, step: Step):
    begun = Begun()
    async with mail_server() as box:
        outcome = await stopped(box, step, begun)
        assert isinstance(outcome, Later), outcome
        assert (outcome.unstarted, outcome.fault) == (True, Fault.LANES)
        assert (begun.times, box.taken) == (0, [])
        box.drop_at = box.delay_at = None
        assert isinstance(await clear_way(box, 600.0).hand_over("a@partner.example", MESSAGE, begun.mark), MailSent)
        assert (begun.times, len(box.taken)) == (1, 1)


@pytest.mark.parametrize("stopped", [dropped, delayed])
@pytest.mark.parametrize("step", FROM_DATA_ON, ids=lambda step: step.value)
async def test_a_line_that_stops_from_data_on_leaves_it_open_whether_the_mail_was_taken(stopped: Stopped, step: Step):
    begun = Begun()
    async with mail_server() as box:
        outcome = await stopped(box, step, begun)
        assert isinstance(outcome, MailUnsent), outcome
        assert (outcome.perhaps, begun.times) == (True, 1)
        assert len(box.taken) == (box.stopped if step is Step.END_OF_DATA else 0)


def test_a_mail_server_is_shown_without_its_password() -> None:
    server = MailServer(host="mail.example", port=25, sender="a@b.example", user="u", password="secret")
    assert "secret" not in f"{server!r} {server}"
