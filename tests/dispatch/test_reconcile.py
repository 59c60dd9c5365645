"""Reconciliation with a real store and a scripted circulation system: tasks, repeats, what is left alone, and the hour."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.acs import Acs
from gateway.dispatch.reconcile import Comparison, Reconciler, next_time, nightly
from gateway.mapping.reconcile import DifferenceKind
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.store.port import Change, NewEffect, StoreUnavailable
from gateway.workflow.about import ABOUT
from gateway.workflow.effects import Perform
from gateway.workflow.partners import Partner
from gateway.workflow.records import Act, State
from gateway.workflow.tasks import Task, TaskKind
from tests.dispatch.house import ACCOUNT, PEER, House, SipAnswer, sip2
from tests.fakes.directory import put
from tests.workflow.builders import FIRST, STRANGER, request

S = State
_CODES = {0: "AS", 2: "AU", 5: "CD"}


class Shelves:
    """What the circulation system lists, by account; answers 63."""

    def __init__(self) -> None:
        self.loans: dict[str, list[str]] = {}
        self.holds: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.down: Exception | None = None

    def __call__(self, wire: SIPRequest) -> SipAnswer:
        if self.down:
            return self.down
        account, summary = str(wire.patron_identifier), str(wire.summary).index("Y")  # type: ignore[attr-defined]
        self.asked.append(account)
        loans, holds = self.loans.get(account, []), self.holds.get(account, [])
        return _reply(len(loans), len(holds), _CODES[summary], {0: holds, 2: loans, 5: []}[summary])


def _reply(loans: int, holds: int, code: str, listed: Sequence[str]) -> Reply:
    fields = "".join(f"{code}{barcode}|" for barcode in listed)
    return sip2(f"64              00020261028    090000{holds:04}0000{loans:04}000000000000AOEX|AA1|AEExample|{fields}")


@pytest.fixture
def shelves(house: House) -> Shelves:
    given = Shelves()
    house.acs.answers["63"] = given
    return given


def reconciler(house: House, fallback_account: str | None = None) -> Reconciler:
    return Reconciler(
        store=house.store,
        intake=house.intake,
        acs=Acs(house.acs, house.terminal, house.time),
        time=house.time,
        fallback_account=fallback_account,
    )


async def run(house: House) -> Comparison:
    return await reconciler(house).run()


async def keep(house: House, state: State, *effects: NewEffect, **fields: Any) -> None:
    kept = request(state, account=ACCOUNT, version=1, **fields)
    await house.store.commit(Change(request=kept, created=True, history_of=kept.id, effects=effects))


async def tasks(house: House) -> list[Task]:
    return list(await house.store.tasks(kind=TaskKind.RECONCILE))


def told(report: Comparison) -> list[tuple[DifferenceKind, str, str | None]]:
    return [(each.kind, each.item_barcode, each.request) for each in report.differences]


async def test_where_both_sides_agree_nothing_is_told(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    shelves.loans[ACCOUNT] = [FIRST]
    report = await run(house)
    assert report == Comparison(accounts=("sample",), differences=(), unanswered=(), agreed=())
    assert await tasks(house) == []
    assert shelves.asked == [ACCOUNT] * 3


async def test_a_difference_becomes_a_task_once_and_ends_when_both_sides_agree_again(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    assert told(await run(house)) == [(DifferenceKind.MISSING_LOAN, FIRST, "L2026-000001")]
    (task,) = await tasks(house)
    said, about = task.words.split(ABOUT)
    assert said == (
        f"Item {FIRST} counts as out here, but the circulation system lists no such loan of the partner. "
        "If it came back, mark it done by hand; else check it out in the ILS again."
    )
    assert about.startswith("“The Imaginary Almanac”")
    lines = await house.store.history("L2026-000001")
    await house.time.advance(86_400)
    await run(house)
    assert await tasks(house) == [task]
    assert await house.store.history("L2026-000001") == lines, "the same difference is heard once"

    shelves.holds[ACCOUNT] = [FIRST]
    await house.time.advance(86_400)
    assert len(told(await run(house))) == 2
    (renewed,) = await tasks(house)
    assert renewed.id == task.id
    assert said in renewed.words
    assert "Cancel the hold in the ILS." in renewed.words

    shelves.loans[ACCOUNT], shelves.holds[ACCOUNT] = [FIRST], []
    await house.time.advance(86_400)
    assert (await run(house)).agreed == ("L2026-000001",)
    assert await tasks(house) == []


async def test_the_request_stays_where_it_is(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    await run(house)
    after = await house.store.request("L2026-000001")
    assert after is not None
    before = request(S.LOANED, account=ACCOUNT, version=2, updated_at=house.time.now())
    assert msgspec.structs.replace(after, state_since=before.state_since) == before
    assert await house.store.pending(after.id) == ()


async def test_what_only_an_ended_request_had_is_told_of_that_request(house: House, shelves: Shelves):
    await keep(house, S.COMPLETED)
    shelves.loans[ACCOUNT] = [FIRST]
    assert told(await run(house)) == [(DifferenceKind.UNKNOWN_LOAN, FIRST, "L2026-000001")]
    assert len(await tasks(house)) == 1


async def test_what_no_request_ever_had_stands_in_the_report(house: House, shelves: Shelves):
    shelves.loans[ACCOUNT], shelves.holds[ACCOUNT] = [STRANGER], [STRANGER]
    assert told(await run(house)) == [
        (DifferenceKind.UNKNOWN_LOAN, STRANGER, None),
        (DifferenceKind.UNKNOWN_HOLD, STRANGER, None),
    ]


async def test_what_no_request_ever_had_is_a_task_about_the_account_until_it_is_gone(house: House, shelves: Shelves):
    shelves.loans[ACCOUNT] = ["399990", "399980"]
    await run(house)
    (task,) = await tasks(house)
    assert (task.request, task.about) == (None, "sample")
    assert "399980" in task.words
    assert "399990" in task.words
    shelves.loans[ACCOUNT] = ["399990"]
    await run(house)
    assert [(each.id, "399980" in each.words) for each in await tasks(house)] == [(task.id, False)]
    shelves.down = NotSent(Reason.BREAKER, "it does not answer")
    await run(house)
    assert len(await tasks(house)) == 1, "silence ends nothing"
    shelves.down, shelves.loans[ACCOUNT] = None, []
    await run(house)
    assert await tasks(house) == []


async def test_of_many_differences_without_a_request_the_task_names_some(house: House, shelves: Shelves):
    shelves.loans[ACCOUNT] = [f"39{number:04}" for number in range(300)]
    assert len((await run(house)).differences) == 300
    (task,) = await tasks(house)
    assert "280 more" in task.words
    assert len(task.words) < 4000


async def test_the_loan_of_an_item_written_off_is_no_difference(house: House, shelves: Shelves):
    await keep(house, S.LOST)
    shelves.loans[ACCOUNT] = [FIRST]
    assert told(await run(house)) == []


@pytest.mark.parametrize("state", [S.CANCELLED, S.WILL_SUPPLY])
async def test_an_item_with_work_queued_is_left_to_it(house: House, shelves: Shelves, state: State):
    work = NewEffect(effect=Perform(act=Act.CANCEL_HOLD, item_barcode=FIRST, given_up=True), lane="acs:main", due_at=house.time.now())  # fmt: skip
    await keep(house, state, work)
    shelves.loans[ACCOUNT] = [FIRST]
    assert told(await run(house)) == []


async def test_a_request_that_moves_on_meanwhile_is_left_alone_and_its_task_stays(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    await run(house)
    shelves.loans[ACCOUNT] = [FIRST]
    report = await run(house)  # the clock stands still: the first run's decision has the time of this one
    assert report.agreed == ()
    assert len(await tasks(house)) == 1


@pytest.mark.parametrize("trouble", [NotSent(Reason.CONNECT, "No connection."), Unknown("63", Outcome.TIMEOUT)])
async def test_an_account_that_could_not_be_asked_is_told_and_closes_nothing(
    house: House, shelves: Shelves, trouble: Exception
):
    await keep(house, S.LOANED)
    await run(house)
    await house.time.advance(1)
    shelves.down = trouble
    report = await run(house)
    assert (report.accounts, report.differences, report.agreed) == ((), (), ())
    assert [(each.account, each.words) for each in report.unanswered] == [("sample", str(trouble))]
    assert len(await tasks(house)) == 1


async def test_a_list_that_can_not_be_trusted_is_told_by_name(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    shelves.loans[ACCOUNT] = ["The Imaginary Almanac"]
    report = await run(house)
    assert report.differences == ()
    assert ["The list of loans" in each.words for each in report.unanswered] == [True]


async def test_every_account_is_asked_once_those_of_the_past_too(house: House, shelves: Shelves):
    await put(house.store, Partner(id="twin", name="Twin Library", peer=PEER, account=ACCOUNT))
    await put(house.store, Partner(id="bare", name="Bare Library", peer=PEER))
    kept = request(S.LOANED, account="20000000000007", version=1)
    await house.store.commit(Change(request=kept, created=True, history_of=kept.id))
    shelves.loans["20000000000007"] = [FIRST]
    report = await reconciler(house, "20000000000001").run()
    assert report.accounts == (
        "sample, twin",
        "partners without an account of their own",
        "sample-city, as of L2026-000001",
    )
    assert sorted(set(shelves.asked)) == sorted([ACCOUNT, "20000000000001", "20000000000007"])
    assert ACCOUNT not in msgspec.json.encode(report).decode(), "accounts go by name"


# ── by the clock ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-10-28T02:29:59+00:00", "2026-10-28T02:30:00+00:00"),
        ("2026-10-28T02:30:00+00:00", "2026-10-29T02:30:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T01:30:00+00:00"),
        ("2026-10-24T23:30:00+00:00", "2026-10-25T02:30:00+00:00"),
    ],
    ids=["today", "tomorrow", "in summer", "on the night in which summer time ends"],
)
def test_the_hour_is_that_of_the_librarys_zone(now: str, due: str):
    moment = datetime.fromisoformat(now)
    assert next_time(moment, time(3, 30), ZoneInfo("Europe/Berlin")) == datetime.fromisoformat(due)


async def test_every_night_also_after_one_without_a_store(house: House, monkeypatch: pytest.MonkeyPatch):
    runs: list[datetime] = []
    nights = reconciler(house)

    async def compare() -> None:
        runs.append(house.time.now())
        if len(runs) == 1:
            raise StoreUnavailable("disk full")

    monkeypatch.setattr(nights, "run", compare)
    await pass_nights(house, 2, nights)
    assert runs == [datetime(2026, 10, day, 3, 30, tzinfo=UTC) for day in (29, 30)]


async def test_of_several_gateways_one_compares_each_night(house: House, monkeypatch: pytest.MonkeyPatch):
    runs: list[datetime] = []
    gateways = [reconciler(house) for _ in range(3)]

    async def compare() -> None:
        runs.append(house.time.now())

    for each in gateways:
        monkeypatch.setattr(each, "run", compare)
    await pass_nights(house, 3, *gateways)
    assert runs == [datetime(2026, 10, day, 3, 30, tzinfo=UTC) for day in (29, 30, 31)]


async def pass_nights(house: House, days: int, *gateways: Reconciler) -> None:
    """Let so many days pass for gateways of which the first to say so takes a night on."""
    clock, taken = house.time, set[datetime]()

    async def take_on(due_at: datetime) -> bool:
        is_ours = due_at not in taken
        taken.add(due_at)
        return is_ours

    nights = [nightly(each, at=time(3, 30), zone=UTC, clock=clock, take_on=take_on) for each in gateways]
    tasks = [asyncio.create_task(night) for night in nights]
    await clock.advance(timedelta(days=days).total_seconds())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
