"""`acs check` over sockets: the demonstration ACS in several likenesses, and a server of the tests' own that misbehaves."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.cli import main
from gateway.demo.acs.likeness import Product
from gateway.demo.acs.misbehaviour import Misbehaviour, Order
from gateway.demo.acs.running import RunningAcs, serve
from gateway.demo.acs.settings import AcsSettings, Login, StatusBeforeLogin
from gateway.demo.stage.stack_config import Ports, Secrets, settings_text
from tests.commands.shell import Ran
from tests.sip2.hostile import Act, Answer, HostileAcs

OUT, HERE = "30000000001036", "30000000001010"
RITA, BLOCKED, NOBODY = "20000000000048", "20000000000063", "20000000099999"
RITAS_OWN = ("Reader", "Rita", "Sample Lane", "rita@", "555-0104", RITA)
SECRETS = Secrets.drawn()
LOGIN = Login("ill-gateway", SECRETS.acs_password)

Check = Callable[..., Any]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs the command in a thread against a port, with a settings' file of its own."""

    async def run(port: int, *argv: str, profile: str = "generic", changes: str = "", api: int | None = None) -> Ran:
        ports = msgspec.structs.replace(Ports.free(), acs=port)
        ports = msgspec.structs.replace(ports, api=api) if api else ports
        text = settings_text(ports, SECRETS, store_url=f"sqlite:///{tmp_path}/never.sqlite", profile=profile)
        config = tmp_path / "gateway.toml"
        config.write_text(text.replace("timeout_s = 5.0", f"timeout_s = 5.0\n{changes}"), encoding="utf-8")
        code = await asyncio.to_thread(main, ["acs", "check", "--config", str(config), *argv])
        said = capsys.readouterr()
        assert not (tmp_path / "never.sqlite").exists(), "the store is not opened"
        return Ran(code, said.out, said.err)

    return run


@asynccontextmanager
async def demonstration(like: Product = Product.PLAIN, **settings: Any) -> AsyncIterator[RunningAcs]:
    async with await serve(AcsSettings(**{"like": like, "login": LOGIN, **settings})) as acs:
        yield acs


def lines(ran: Ran) -> dict[str, tuple[str, str]]:
    """Result and words by what was looked at."""
    return {line["what"]: (line["result"], line["words"]) for line in ran.json["lines"]}


# ── likenesses ───────────────────────────────────────────────────────────────────────────────────

FOUND = {
    Product.KOHA: "koha",
    Product.EVERGREEN: "evergreen",
    Product.FOLIO: "folio",
    Product.SIERRA: "sierra",
    Product.POLARIS: "polaris",
    Product.ALMA: "alma",
}
PROFILES = {Product.PLAIN: "generic", Product.FOLIO_1: "folio"}
ALL = ("--item", OUT, "--customer-account", RITA, "--json")


@pytest.mark.parametrize("like", FOUND)
async def test_a_product_is_told_by_its_replies_and_proposed_as_the_profile(check: Check, like: Product):
    async with demonstration(like) as acs:
        ran = await check(acs.port, *ALL)
    assert (ran.json["product"], ran.json["confidence"]) == (FOUND[like], "likely")
    assert {"key": "profile", "value": FOUND[like]}.items() <= ran.json["change"][0].items()
    assert ran.code == 1, "the configured profile is another"
    assert all(clue["source"] for clue in ran.json["clues"])


@pytest.mark.parametrize("like", [Product.KOHA, Product.EVERGREEN, Product.FOLIO, Product.SIERRA, Product.POLARIS])
async def test_with_the_right_profile_all_is_well(check: Check, like: Product):
    async with demonstration(like) as acs:
        ran = await check(acs.port, *ALL, profile=FOUND[like])
    assert ran.json["change"] == []
    assert (ran.code, ran.json["ok"]) == (0, True)


@pytest.mark.parametrize(
    ("like", "by_hand"),
    [
        (Product.PLAIN, set()),
        (Product.EVERGREEN, {"placing holds (15)"}),
        (Product.FOLIO, {"placing holds (15)", "taking holds off (15)"}),
        (Product.INVENIO, {"placing holds (15)", "taking holds off (15)"}),
        (Product.FOLIO_1, {"item (17)", "placing holds (15)", "taking holds off (15)", "renewing (29)"}),
    ],
)
async def test_what_is_done_by_hand_is_said(check: Check, like: Product, by_hand: set[str]):
    async with demonstration(like) as acs:
        ran = await check(acs.port, *ALL, profile=PROFILES.get(like, like.value))
    assert {what for what, (result, _) in lines(ran).items() if result == "by hand"} == by_hand
    assert len(ran.json["by_hand"]) >= len(by_hand)
    assert ran.code == 0, "by hand is no fault"


async def test_a_system_that_speaks_as_specified_is_taken_for_none(check: Check):
    async with demonstration() as acs:
        ran = await check(acs.port, *ALL)
    assert (ran.code, ran.json["product"], ran.json["confidence"], ran.json["clues"]) == (0, "", "unknown", [])


# ── what is asked, and what is not ───────────────────────────────────────────────────────────────


async def test_the_check_changes_nothing_and_logs_in_once(check: Check):
    async with demonstration() as acs:
        await check(acs.port, *ALL)
        assert dict(acs.relay.received) == {"93": 1, "99": 2, "17": 1, "63": 3}
        assert acs.relay.connections.most == 1
        assert acs.library.state.journal == []


async def test_nothing_of_the_customer_is_printed(check: Check):
    """Neither in words nor as JSON, of an account in order or blocked."""
    async with demonstration() as acs:
        for argv in (ALL, ALL[:-1], ("--customer-account", BLOCKED)):
            ran = await check(acs.port, *argv)
            for own in (*RITAS_OWN, "Bella", BLOCKED, SECRETS.acs_password):
                assert own not in ran.out + ran.err


async def test_the_item_is_told_in_words(check: Check):
    async with demonstration() as acs:
        here, out = [lines(await check(acs.port, "--item", item, "--json"))["item (17)"] for item in (HERE, OUT)]
    assert here == ("works", "available, holds waiting 0, at EXC.")
    assert out[1].startswith("on loan, due 20")


@pytest.mark.parametrize(
    ("argv", "what", "words"),
    [
        (("--item", "39999999999999"), "item (17)", "It does not know the item"),
        (("--customer-account", NOBODY), "account (63)", "It does not know the account"),
        (("--customer-account", BLOCKED), "account (63)", "checkouts and renewals and holds denied"),
    ],
)
async def test_a_test_record_that_will_not_do_fails_the_check(
    check: Check, argv: tuple[str, ...], what: str, words: str
):
    async with demonstration() as acs:
        ran = await check(acs.port, *argv, "--json")
    result, said = lines(ran)[what]
    assert (ran.code, result) == (1, "fails")
    assert words in said


async def test_what_nobody_named_is_not_tried(check: Check):
    async with demonstration() as acs:
        ran = await check(acs.port, "--json")
    assert lines(ran)["item (17)"] == ("not tried", "Name a test item with --item.")
    assert ran.code == 0


async def test_people_read_a_table(check: Check):
    async with demonstration(Product.FOLIO) as acs:
        ran = await check(acs.port, *ALL[:-1], profile="folio")
    out = ran.out.splitlines()
    assert out[0] == f"Circulation system at 127.0.0.1:{acs.port}, taken for “folio”."
    assert "one connection of its own" in out[1]
    assert "Product: folio (likely)" in out
    assert "By hand:" in out
    assert out[-1] == "All that was tried works as it is configured."


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────


async def test_a_refused_login_is_tried_once_and_told(check: Check):
    async with demonstration(login=Login("ill-gateway", "another")) as acs:
        ran = await check(acs.port, *ALL)
        assert acs.relay.received["93"] == 1
    result, words = lines(ran)["login (93)"]
    assert (ran.code, result) == (1, "fails")
    assert "refused user and password" in words
    assert "item (17)" not in lines(ran)


async def test_prompts_are_told_from_a_93(check: Check):
    async with demonstration(login=Login(LOGIN.user, LOGIN.password, telnet=True)) as acs:
        prompted = await check(acs.port, "--json", changes="[acs.overrides]\nlogin_timeout_s = 0.3")
        by_prompts = await check(acs.port, "--json", changes="[acs.overrides]\nlogin = 'telnet'")
    assert {"key": "overrides.login", "value": "telnet"}.items() <= prompted.json["change"][0].items()
    assert lines(by_prompts)["login (prompts)"][0] == "works"


async def test_a_system_at_its_limit_is_a_failed_login_after_the_deadline(check: Check):
    order = Order(name=Misbehaviour.CONNECTION_LIMIT, limit=0)
    async with demonstration(misbehaviours=(order,)) as acs:
        ran = await check(acs.port, "--json", changes="[acs.overrides]\nlogin_timeout_s = 0.3")
    assert "limit of connections" in lines(ran)["login (93)"][1]


async def test_line_ends_and_checksums_are_seen(check: Check):
    orders = (Order(name=Misbehaviour.WRONG_CHECKSUM), Order(name=Misbehaviour.CRLF))
    async with demonstration(misbehaviours=orders) as acs:
        ran = await check(acs.port, *ALL)
    assert "CRLF" in lines(ran)["login (93)"][1]
    assert {each["key"]: each["value"] for each in ran.json["change"]} == {"overrides.checksum": "ignore"}


async def test_a_status_that_is_wanted_first_can_be_configured(check: Check):
    async with demonstration(status_before_login=StatusBeforeLogin.REQUIRED) as acs:
        refused = await check(acs.port, "--json")
        let_in = await check(acs.port, "--json", changes="[acs.overrides]\nstatus_first = 'required'")
    assert (refused.code, let_in.code) == (1, 0)


@pytest.mark.parametrize(
    ("script", "what", "words"),
    [
        ({"17": [Act.HANG_UP]}, "item (17)", "closed"),
        ({"17": [b"garbage\r"]}, "item (17)", "noise"),
        ({"17": ["18030001" + "20260828    120000" + "AB1|AJAnother|"]}, "item (17)", "wrong echo"),
        ({"63": [Act.HANG_UP]}, "account (63)", "closed"),
        ({"17": ["18040001" + "20260828    120000" + f"AB{OUT}|AJX|AHsoon|"]}, "item (17)", "not understood: soon"),
    ],
    ids=["hung up", "garbage", "another item", "account lost", "no date"],
)
async def test_a_hostile_server_is_reported_and_nothing_breaks(
    check: Check, script: dict[str, list[Answer]], what: str, words: str
):
    async with HostileAcs(script).serve() as acs:
        ran = await check(acs.address.port, *ALL)
    result, said = lines(ran)[what]
    assert (ran.code, result) == (1, "fails")
    assert words in said


async def test_nobody_there_is_said_in_words(check: Check):
    async with HostileAcs().serve() as acs:
        port = acs.address.port
    ran = await check(port)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"No connection to 127.0.0.1:{port}: nothing listens there.\n"


async def test_beside_a_running_gateway_it_connects_only_when_told(check: Check):
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        api = gateway.getsockname()[1]
        async with demonstration() as acs:
            refused = await check(acs.port, api=api)
            assert acs.relay.connections.most == 0, "no seat was taken"
            told = await check(acs.port, "--extra-connection", "--json", api=api)
    assert (refused.code, told.code) == (1, 0)
    assert "may need every connection" in refused.err
    assert json.loads(told.out)["ok"] is True


async def test_a_barcode_that_can_not_be_said_is_told(check: Check):
    async with demonstration() as acs:
        ran = await check(acs.port, "--item", "3|9")
    assert (ran.code, ran.out) == (1, "")
    assert "can't be asked" in ran.err


async def test_a_mistake_in_the_settings_is_named(check: Check):
    ran = await check(1, changes="[acs.overrides]\nencodin = 'utf-8'")
    assert ran.code == 1
    assert "encodin" in ran.err
