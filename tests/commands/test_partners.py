"""`peers` and `partners` against a live API."""

from tests.commands.shell import Shell


async def test_a_peer_is_added_shown_changed_and_removed(shell: Shell):
    ran = await shell.run(
        "peers", "add", "east", "url=https://east.example.org/iso18626", "agencies=ISIL:XX-E; OCLC:EXE",
        "outbound.bearer=secret:peer-east", "first_message_wait_s=2",
    )  # fmt: skip
    assert (ran.code, ran.out, ran.err) == (0, "east: added.\n", "")
    assert (await shell.run("peers", "add", "east", "dialect=alma")).err == (
        "There is one called east already: use change.\n"
    )
    assert (await shell.run("peers", "change", "east", "dialect=reshare", "first_message_wait_s=")).out == (
        "east: changed dialect, first_message_wait_s.\n"
    )
    assert (await shell.run("peers", "show", "east")).out.splitlines() == [
        "id=east",
        "url=https://east.example.org/iso18626",
        "dialect=reshare",
        "agencies=ISIL:XX-E; OCLC:EXE",
        "outbound.bearer=secret:peer-east",
        "Partners behind it: none",
    ]
    listed = (await shell.run("peers", "list")).out.splitlines()
    assert listed[1].split() == [
        "east", "on", "1.2", "reshare", "https://east.example.org/iso18626", "ISIL:XX-E", "OCLC:EXE",
    ]  # fmt: skip
    assert (await shell.run("peers", "remove", "east")).out == "Peer east is removed.\n"
    assert (await shell.run("peers", "show", "east")).err == "There is no peer “east”.\n"
    history = (await shell.run("peers", "history", "east")).out.splitlines()
    assert [line.split()[-1] for line in history] == ["WHAT", "removed", "first_message_wait_s", "added"]


async def test_a_partner_is_added_changed_suspended_and_taken_back(shell: Shell):
    ran = await shell.run(
        "partners", "add", "east", "name=Example East Library", "peer=hub", "symbols=ISIL:XX-E",
        "closures=2026-12-24/2026-12-26 Holidays; 2027-03-01", "lending.charge=fee", "lending.fee.amount=4.50",
        "lending.fee.currency=EUR",
    )  # fmt: skip
    assert ran.out.splitlines() == [
        "Note: Peer hub may not speak for ISIL:XX-E yet: add that to its agencies.",
        "east: added.",
    ]
    assert (await shell.run("partners", "change", "east", "groups=north; east")).out.endswith("east: changed groups.\n")
    assert (await shell.run("partners", "suspend", "east", "--until", "2026-11-30", "--why", "moving")).code == 0
    shown = (await shell.run("partners", "show", "east")).out
    assert "closures=2026-12-24/2026-12-26 Holidays; 2027-03-01\n" in shown
    assert "lending.fee.amount=4.50\n" in shown
    assert "Its requests: suspended until 2026-11-30 (moving)\n" in shown
    assert "suspended until" in (await shell.run("partners", "list")).out
    assert (await shell.run("partners", "resume", "east")).out.endswith("east: taken back.\n")
    assert "Its requests: taken\n" in (await shell.run("partners", "show", "east")).out
    assert (await shell.run("partners", "remove", "east", "--json")).json["what"] == "removed"


async def test_every_mistake_is_printed(shell: Shell):
    ran = await shell.run("partners", "add", "east", "peer=nobody", "symbols=XX", "suspensions=some day", "fax=1234")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "The record can't be kept as it is.",
        "  fax: there is no such field",
        "  name: is missing",
        "  suspensions.0: must be a period like 2026-12-24/2026-12-26",
    ]
    assert (await shell.run("partners", "add", "east", "peer")).err == "peer is not FIELD=VALUE.\n"


async def test_what_an_account_can_do_is_printed(shell: Shell):
    ran = await shell.run("partners", "test-account", "valley")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["exists             yes", "can borrow         yes", "can place holds    not known", "can renew          not known", "It can borrow."],
    )  # fmt: skip
