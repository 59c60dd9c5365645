"""`requests` against a live API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.commands.requests import PAPERS
from gateway.store.port import BackOff, Change, HistoryEntry, HistoryKind, NewEffect, Setback
from gateway.workflow.effects import AskCopies, Perform
from gateway.workflow.records import Act, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.commands.shell import Shell
from tests.web.known import START, a_request, keep, keep_with_story, keep_work

SHOWN = """\
Request r1: will supply since 2026-10-28 03:00
  title      The Imaginary Almanac
  for        Example Valley Library, their number their-r1
  item       30234000517861, QA76.73 ALM, Main Library, reserved

Timeline
  2026-10-28 03:00:00  hub           Received request; confirmed OK.
                       document      title The Imaginary Almanac
                       confirmation  messageStatus OK
  2026-10-28 03:00:00  gateway       SIP2 15: done, 12 ms.
                       sent          15+20261028
                       received      161Y
  2026-10-28 03:00:00  hub           They ask for it.  [will supply]

Tasks for staff
  1  not at the desk yet: Not at the desk after two days.

What happens next
  2026-10-31 03:00:00  If the item is neither at the desk nor on its way: give this copy up, try another or answer Unfilled

You can
"""


async def test_show_tells_the_whole_story_in_words(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    ran = await shell.run("requests", "show", "r1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out[: len(SHOWN)] == SHOWN
    assert "arrived" in ran.out.rpartition("You can\n")[2]


async def test_show_says_why_work_does_not_go_on(shell: Shell):
    """The row that failed by itself, and the one behind a lane that is left alone, each with its reason."""
    store = shell.live.store
    await keep_with_story(store, a_request())
    await store.commit(
        Change(
            history_of="r1",
            history=(HistoryEntry(at=START, by="test", kind=HistoryKind.NOTE, words="Work."),),
            effects=(
                NewEffect(effect=Perform(act=Act.HOLD, item_barcode="1"), lane="acs:main", due_at=START),
                NewEffect(effect=AskCopies(copies=()), lane="peer:hub", due_at=START),
            ),
        )
    )
    since, until = START - timedelta(minutes=3), START + timedelta(minutes=4)
    await store.set_backoff(BackOff(lane="acs:main", until=until, failures=3, words="no connection", since=since))
    (row,) = await store.claim("peer:hub", now=START, until=until, owner="o", limit=1)
    setback = Setback(at=START, words="The partner does not know the request yet.")
    await store.postpone(row.id, owner="o", due_at=until, unstarted=True, setback=setback)
    lines = [line.strip() for line in (await shell.run("requests", "show", "r1")).out.splitlines()]
    dead = "the circulation system has given no usable answer since 2026-10-28 02:57:00 (no connection)"
    failed = "it has failed since 2026-10-28 03:00:00 (The partner does not know the request yet)"
    assert lines[lines.index("What happens next") + 1 :][:4] == [
        "2026-10-28 03:00:00  Place the hold on item 1",
        f"{dead}; next try 2026-10-28 03:04:00",
        "2026-10-28 03:04:00  Ask the circulation system about 0 copies (tries: 1)",
        f"{failed}; next try 2026-10-28 03:04:00",
    ]
    why = (await shell.run("requests", "show", "r1", "--json")).json["next"][0]["why"]
    assert (why["reason"], why["next_at"]) == ("no connection", "2026-10-28T09:04:00Z")


async def test_show_full_prints_messages_as_they_were(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    ran = await shell.run("requests", "show", "r1", "--full")
    indent = " " * 37
    assert (
        f"document      <ISO18626Message>\n{indent}  <title>The Imaginary Almanac</title>\n{indent}</ISO18626Message>\n"
        in ran.out
    )


async def test_show_as_json_has_the_timeline_too(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    shown = (await shell.run("requests", "show", "r1", "--json")).json
    assert (shown["request"]["id"], len(shown["timeline"])) == ("r1", 3)


async def test_the_list_is_an_aligned_table(shell: Shell):
    await keep(shell.live.store, a_request("r1"), a_request("request-2", updated_at=START + timedelta(hours=1)))
    ran = await shell.run("requests", "list")
    heading, *lines = ran.out.splitlines()
    assert [line[heading.index("TITLE") :].startswith("The Imaginary Almanac") for line in lines] == [True, True]
    assert [line.split()[0] for line in lines] == ["request-2", "r1"]


async def test_times_are_the_librarys_wherever_the_command_runs(shell: Shell):
    await keep(shell.live.store, a_request("r1", updated_at=datetime(2027, 1, 8, 4, 30, tzinfo=UTC)))
    assert "2027-01-07 21:30" in (await shell.run("requests", "list")).out


async def test_the_list_goes_on_where_it_says(shell: Shell):
    await keep(shell.live.store, *(a_request(f"r{n}", updated_at=START + timedelta(hours=n)) for n in range(2)))
    first = await shell.run("requests", "list", "--limit", "1")
    more = first.out.splitlines()[-1].removeprefix("More: ").split()
    assert (await shell.run("requests", "list", *more, "--json")).json["requests"][0]["id"] == "r0"


async def test_the_list_is_filtered(shell: Shell):
    await keep(shell.live.store, a_request())
    assert (await shell.run("requests", "list", "--state", "loaned", "--state", "overdue")).out == "No request.\n"
    assert "r1" in (await shell.run("requests", "list", "-q", "almanac", "--partner", "valley")).out


async def test_what_is_open_and_of_one_role_and_what_a_customer_asked_for_is_listed(shell: Shell):
    await keep(shell.live.store, a_request(), a_request("r2", State.COMPLETED))
    for options, found in ((("--open",), True), (("--borrowing",), False), (("--open", "--lending"), True)):
        assert ("r1" in (await shell.run("requests", "list", *options)).out) is found
    assert "r2" not in (await shell.run("requests", "list", "--open")).out
    order = ("borrow", "new", "--customer", "20000000090031", "--pickup", "Main", "--title", "An Almanac")
    number = (await shell.run(*order, "--json")).json["request"]
    assert number in (await shell.run("requests", "list", "--open", "--customer", "20000000090031")).out
    ran = await shell.run("requests", "list", "--customer", "20000000090031", "--partner", "valley")
    assert (ran.code, ran.err) == (
        1,
        "With --customer goes --open, and nothing else: all that the customer asked for is listed.\n",
    )


async def test_a_title_can_not_steer_the_terminal(shell: Shell):
    await keep(shell.live.store, a_request(wanted=Wanted(title="Red\x1b[31m \x9b2J\nAlmanac")))
    for argv in (("requests", "list"), ("requests", "show", "r1")):
        out = (await shell.run(*argv)).out
        assert "Red" in out
        assert "\x1b" not in out
        assert "\x9b" not in out


async def test_an_act_carries_every_detail_to_the_door(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.DECIDING))
    ran = await shell.run(
        *("requests", "act", "r1", "offer", "--cost", "12.50", "usd", "--condition", "LibraryUseOnly"),
        *("--note", "Is that all right?", "--retry-after", "2026-12-01", "--undo-s", "30"),
    )
    assert (ran.code, ran.out) == (0, "The request is “Offered”.\n")
    [(_, event)] = shell.live.intake.acted
    assert (event.action, event.by, event.undo_s, event.note) == (
        StaffAction.OFFER,
        "first-admin",
        30,
        "Is that all right?",
    )
    assert event.answer is not None
    assert event.answer.cost is not None
    assert (str(event.answer.cost.amount), event.answer.cost.currency) == ("12.50", "USD")
    assert event.answer.condition == "LibraryUseOnly"
    assert event.retry_after is not None


async def test_items_are_named_one_by_one(shell: Shell):
    await keep(shell.live.store, a_request())
    await shell.run("requests", "act", "r1", "ship", "--item", "30234000517861", "--item", "33191000105864")
    assert shell.live.intake.acted[0][1].item_barcodes == ("30234000517861", "33191000105864")


async def test_an_answer_names_its_task_or_what_was_done(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.LOANED))
    await shell.run("requests", "act", "r1", "done-by-hand", "--task", "12")
    await shell.run("requests", "act", "r1", "done-by-hand", "--did", "cancel hold")
    assert [(event.task, event.deed) for _, event in shell.live.intake.acted] == [(12, None), (None, "cancel hold")]


async def test_a_warning_is_printed_before_the_outcome(shell: Shell):
    await keep(shell.live.store, a_request())
    ran = await shell.run("requests", "act", "r1", "ship", "--item", "35555000012349")
    assert ran.out.startswith("Note: the check digit is wrong")
    assert ran.out.endswith("The request is “Being checked out”.\n")


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("show", "none"), 1, "There is no such request.\n"),
        (("act", "r1", "message"), 1, "Write the message as “note” (--note): words for the partner.\n"),
        (
            ("act", "r1", "note", "--note", "On Monday."),
            1,
            "A note is for staff: write it as “inside” (--inside). Words for the partner are a message.\n",
        ),
        (("act", "r1", "ship", "--due", "soon"), 1, "--due: not a date or time of ISO 8601.\n"),
        (("list", "--limit", "0"), 1, "--limit: a whole number from 1 to 200.\n"),
    ],
)
async def test_a_no_is_told_on_stderr_in_the_gateways_words(shell: Shell, argv: tuple[str, ...], code: int, words: str):
    await keep(shell.live.store, a_request())
    ran = await shell.run("requests", *argv)
    assert (ran.code, ran.out, ran.err) == (code, "", words)


async def test_every_paper_is_printed(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.CHECKED_OUT))
    papers = {"slip": "PACKING SLIP", "label": "LABEL", "strap": "INTERLIBRARY LOAN", "routing": "ROUTING SLIP"}
    for name, title in papers.items():
        assert title in (await shell.run("requests", name, "r1")).out.splitlines()[1]
    assert "30234000517861" in (await shell.run("requests", "strap", "r1", "--item", "30234000517861")).out
    assert "PACKING SLIP" in (await shell.run("requests", "slip", "r1", "--json")).json["text"]


@pytest.mark.process
async def test_every_paper_is_written_as_pdf(shell: Shell, tmp_path: Path):
    await keep(shell.live.store, a_request(state=State.WILL_SUPPLY))
    for name in PAPERS:
        file = tmp_path / f"{name}.pdf"
        ran = await shell.run("requests", name, "r1", "--pdf", str(file))
        assert (ran.code, ran.out) == (0, ""), ran.err
        assert file.read_bytes().startswith(b"%PDF-")
    ran = await shell.run("requests", "label", "r1", "--pdf", str(file), "--stock", "5163", "--start", "11")
    assert (ran.code, ran.err) == (1, "--start: a sheet has places 1 to 10.\n")
    ran = await shell.run("requests", "label", "r1", "--pdf", str(tmp_path / "no" / "folder.pdf"))
    assert ran.code == 1
    assert "can't be written" in ran.err


async def test_waiting_work_is_tried_now(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    await keep_work(shell.live.store, "r1")
    assert (await shell.run("requests", "try-now", "r1")).out == "One piece of work starts now.\n"
    assert shell.live.hurried == ["r1"]
    assert (await shell.run("requests", "try-now", "r1", "--json")).json["count"] == 1
