"""The contract of the port, on both stores: what is purged goes whole, a tombstone stays, and the rest is as it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.purging import purge
from gateway.money.events import BillAct, BillActed
from gateway.money.groups import OWED, UNNUMBERED
from gateway.money.machine import BillDecision
from gateway.money.records import BillState, Payment
from gateway.reports.folding import House
from gateway.store.keeping_tables import DROP_ENTRIES, DROPS, without_raw
from gateway.store.port import Gone, HistoryKind, Store, StoreError
from gateway.store.postgres import PostgresStore
from gateway.store.sealing import distances
from gateway.workflow.charges import Price
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import Role, State
from gateway.workflow.staff import LookUp, LookUpWay
from gateway.workflow.tasks import TaskKind
from tests.fakes.clock import FakeTime
from tests.store.outside import fetch
from tests.store.test_contract_bills import LOAN, acted, finalise, known, payment, proposed, replacement
from tests.store.test_contract_borrowing import ASKED, ask
from tests.store.test_contract_register import found_ended, sought
from tests.store.values import NOW, creation, entry, inbound, later, note, perform, step

ENDED = State.COMPLETED
COUNTED = "SELECT count(*) FROM {}"
TABLES = ("requests", "history", "messages", "register", "register_words", "register_numbers", "tasks", "effects")


async def ended(store: Store, number: int, *, at: float = 10) -> None:
    """A request that has come, and ended then."""
    await store.commit(creation(number))
    await store.commit(note(number, open_tasks=(OpenTask(kind=TaskKind.READ_NOTE, words="Read it."),)))
    changed = {"state": ENDED, "updated_at": later(at), "state_since": later(at)}
    await store.commit(step(number, of=changed, close_tasks=(TaskKind.READ_NOTE,)))


async def purgeable(store: Store, *, before: float = 100, limit: int = 9) -> tuple[str, ...]:
    await Bookkeeper(store, House, FakeTime(NOW)).catch_up()
    return await uncounted(store, before=before, limit=limit)


async def uncounted(store: Store, *, before: float = 100, limit: int = 9) -> tuple[str, ...]:
    """What is purgeable while figures have not caught up."""
    found = await store.keeping.purgeable(
        Role.LENDING, ENDED, ended_before=later(before), copied_before=NOW, limit=limit
    )
    return tuple(each.request for each in found)


async def test_what_ended_long_ago_and_has_no_work_is_purged_the_oldest_first(store: Store) -> None:
    await ended(store, 1, at=30)
    await ended(store, 2, at=20)
    await ended(store, 3, at=200)
    await store.commit(creation(4))
    assert await purgeable(store) == ("HILL-2", "HILL-1")
    assert await purgeable(store, limit=1) == ("HILL-2",)


async def test_what_may_be_purged_comes_in_pieces_each_behind_the_one_before(store: Store) -> None:
    for number, at in ((1, 30), (2, 20), (3, 20)):
        await ended(store, number, at=at)
    await Bookkeeper(store, House, FakeTime(NOW)).catch_up()
    last, found = None, []
    while piece := await store.keeping.purgeable(
        Role.LENDING, ENDED, ended_before=later(100), copied_before=NOW, limit=1, after=last
    ):
        last = piece[-1]
        found += [each.request for each in piece]
    assert found == ["HILL-2", "HILL-3", "HILL-1"]


@pytest.mark.parametrize(
    "more",
    [
        {"open_tasks": (OpenTask(kind=TaskKind.BILL, words="Bill it."),)},
        {"effects": (perform(),)},
    ],
    ids=["an open task", "work"],
)
async def test_what_somebody_must_still_see_to_stays(store: Store, more: dict[str, object]) -> None:
    await ended(store, 1)
    await store.commit(note(1, **more))
    assert await purgeable(store) == ()


BILL_LIVES: Mapping[str, Sequence[BillActed]] = {
    "draft": (),
    "dropped": (acted(BillAct.DROP),),
    "finalised": (finalise(),),
    "disputed": (finalise(), acted(BillAct.DISPUTE, 2, words="It was back.")),
    "replacement accepted": (finalise(), acted(BillAct.REPLACE, 2)),
    "written off": (finalise(), acted(BillAct.WRITE_OFF, 2, words="Nobody answers.")),
}
"""How a bill gets into some of its states."""


async def billed(store: Store, name: str, *acts: BillActed, **more: Any) -> BillIntake:
    """A bill about HILL-1, with which that was done."""
    door = BillIntake(store, BillPlanner())
    await door.begin(proposed(name, replacement("75.00", LOAN), **more))
    for act in acts:
        assert isinstance(await door.submit_bill(name, act), BillDecision)
    return door


@pytest.mark.parametrize("state", BILL_LIVES)
async def test_a_request_stays_until_every_bill_of_it_has_ended(store: Store, state: str) -> None:
    """A begun one is not owed yet, and one that ended is owed no more."""
    await ended(store, 1)
    await billed(store, "M-1", *BILL_LIVES[state])
    bill = await known(store)
    assert bill.state == state
    holds = bill.state in {*UNNUMBERED, *OWED}
    assert await purgeable(store) == (() if holds else ("HILL-1",))


async def test_a_request_whose_item_is_looked_for_before_it_is_billed_stays(store: Store) -> None:
    await ended(store, 1)
    door = await billed(store, "M-1", item_barcode=LOAN.item_barcode)
    assert (await known(store)).state is BillState.CANDIDATE
    assert await purgeable(store) == ()
    await door.submit_bill("M-1", acted(BillAct.DROP))
    assert await purgeable(store) == ("HILL-1",)


async def test_a_bill_that_is_paid_in_part_keeps_its_request_until_it_is_paid(store: Store) -> None:
    await ended(store, 1)
    door = await billed(store, "M-1", finalise())
    for share, left in (("50.00", ()), ("25.00", ("HILL-1",))):
        assert isinstance(await door.pay(payment(share), {"M-1": Decimal(share)}), Payment)
        assert await purgeable(store) == left
    await billed(store, "M-2")
    assert await purgeable(store) == (), "another bill of it was begun"


async def test_a_copy_that_was_counted_stays_until_its_day(store: Store) -> None:
    """To the end of the third full calendar year: what was asked for before `copied_before` may go."""
    await ask(store, 1, msgspec.structs.replace(ASKED, copied="issn:00000000/2026"), state=ENDED)
    await ask(store, 2, state=ENDED)
    await Bookkeeper(store, House, FakeTime(NOW)).catch_up()

    async def of_copies(copied_before: datetime) -> list[str]:
        found = await store.keeping.purgeable(
            Role.BORROWING, ENDED, ended_before=later(100), copied_before=copied_before, limit=9
        )
        return [each.request for each in found]

    assert await of_copies(NOW) == ["HILL-2"]
    assert await of_copies(later(1)) == ["HILL-1", "HILL-2"]


async def test_what_figures_have_not_counted_stays(store: Store) -> None:
    await ended(store, 1)
    assert await uncounted(store) == ()
    assert await purgeable(store) == ("HILL-1",)
    await store.commit(note(1, open_tasks=(OpenTask(kind=TaskKind.READ_NOTE, words="Once more."),)))
    await store.commit(note(1, close_tasks=(TaskKind.READ_NOTE,)))
    assert await uncounted(store) == ()
    assert await purgeable(store) == ("HILL-1",)


async def test_a_purged_request_is_gone_from_every_table_and_the_others_are_as_they_were(store: Store) -> None:
    await ended(store, 1)
    await ended(store, 2)
    kept = [await store.request("HILL-2"), await store.history("HILL-2"), await store.messages("HILL-2")]
    assert await purge(store, ["HILL-1"], at=later(500)) == 4
    assert await store.request("HILL-1") is None
    assert [await store.request("HILL-2"), await store.history("HILL-2"), await store.messages("HILL-2")] == kept
    counts = {table: (await fetch(store, COUNTED.format(table)))[0][0] for table in TABLES}
    assert counts == {
        "requests": 1, "history": 5, "messages": 1, "register": 1, "register_words": 1,
        "register_numbers": counts["register_numbers"], "tasks": 1, "effects": 0,
    }  # fmt: skip
    assert await found_ended(store, sought("almanac")) == ["HILL-2"]
    assert await found_ended(store, sought("399990001")) == []


async def test_a_purge_is_a_line_of_history_that_says_how_many_and_which(store: Store) -> None:
    await ended(store, 1)
    await ended(store, 2)
    await purge(store, ["HILL-1", "HILL-2"], at=later(500))
    (line,) = await store.history(None)
    assert (line.by, line.kind, line.words) == (
        "gateway",
        HistoryKind.NOTE,
        "2 requests that ended long ago were purged.",
    )
    assert line.detail["purged"] == 2
    assert len(line.detail["digest"]) == 64


async def test_what_is_left_of_a_purged_request_answers_for_it(store: Store) -> None:
    await ended(store, 1)
    await purge(store, ["HILL-1"], at=later(500))
    gone = Gone(request="HILL-1", peer="example-broker", content="content-1", ended_at=later(10))
    assert await store.keeping.gone("HILL-1") == gone
    assert await store.keeping.asked_before("isil:zz-exval", "EV-1") == gone
    assert await store.keeping.asked_before("isil:zz-exval", "EV-2") is None
    assert await store.keeping.gone("HILL-2") is None


async def test_what_is_kept_is_found_in_the_same_read(store: Store) -> None:
    await store.commit(creation(1))
    assert await store.keeping.asked_before("ISIL:ZZ-ExVal", "EV-1") == await store.request("HILL-1")


async def test_where_one_has_work_by_now_none_of_its_piece_is_purged(store: Store) -> None:
    await ended(store, 1)
    await ended(store, 2)
    await store.commit(note(2, effects=(perform(),)))
    with pytest.raises(StoreError):
        await purge(store, ["HILL-1", "HILL-2"], at=later(500))
    assert await store.request("HILL-1") is not None
    assert await store.keeping.gone("HILL-1") is None
    assert await store.history(None) == ()


async def test_raw_documents_go_piece_by_piece_and_answers_to_repeats_stay(store: Store) -> None:
    for number, seconds in ((1, 0), (2, 10), (3, 1000)):
        await store.commit(
            msgspec.structs.replace(creation(number), inbound=inbound(number, received_at=later(seconds)))
        )
    before = later(100)
    assert [await store.keeping.drop_documents(received_before=before, limit=1) for _ in range(3)] == [1, 1, 0]
    assert [(await store.messages(f"HILL-{number}"))[0].document for number in (1, 2, 3)] == [b"", b"", b"<request/>"]
    assert await store.confirmation("example-broker", "digest-1") == b"<confirmation/>"


async def test_raw_messages_in_history_become_digests_once(store: Store) -> None:
    talk = entry("SIP2 17", kind=HistoryKind.SIP2, detail={"sent": "17...", "received": "18...", "why": "a look"})
    await store.commit(creation(1))
    await store.commit(note(1, history=(talk,)))
    assert await store.keeping.drop_exchanges(at_before=later(100), limit=50) > 0
    assert await store.keeping.drop_exchanges(at_before=later(100), limit=50) == 0
    (line,) = [line for line in await store.history("HILL-1") if line.kind is HistoryKind.SIP2]
    assert line.words == "SIP2 17"
    assert line.detail["why"] == "a look"
    assert line.detail["sent"].startswith("blake2b:")


async def test_the_log_of_look_ups_is_forgotten_by_its_age(store: Store) -> None:
    await store.commit(creation(1))
    lines = [LookUp(at=later(at), by="ada", request="HILL-1", way=LookUpWay.STRAP, what="strap") for at in (0, 50)]
    await store.add_look_ups(lines)
    assert await store.keeping.forget_look_ups(before=later(10)) == 1
    assert [line.at for _, line in await store.look_ups(limit=9)] == [later(50)]


@pytest.mark.parametrize(("numbers", "written"), [([], ""), ([7], "7"), ([7, 8, 12], "7,1,4")])
def test_numbers_are_written_as_distances(numbers: Sequence[int], written: str) -> None:
    assert distances(numbers) == written


def test_without_its_raw_messages_an_entry_is_the_same_however_often() -> None:
    whole = '{"words":"x","detail":{"sent":"17","why":"a look"}}'
    lighter = without_raw(whole)
    assert '"sent":"blake2b:' in lighter
    assert without_raw(lighter) == lighter
    assert without_raw('{"words":"x"}') == '{"words":"x"}'


async def test_a_price_goes_with_its_request_and_keeps_it_while_it_is_not_settled(store: Store) -> None:
    await ended(store, 1)
    price = Price(request="HILL-1", minor=2500, currency="USD", by_lender=False, named_by="ada", named_at=NOW)
    await store.prices.save_price(price, settled=False)
    assert await purgeable(store) == ()
    await store.prices.save_price(price, settled=True)
    assert await purgeable(store) == ("HILL-1",)
    await purge(store, ["HILL-1"], at=later(500))
    assert await store.prices.price("HILL-1") is None


STAYS = {
    "effects": "a request with work is not purged",
    "pool_barcodes": "nor one that a barcode of the pool stands for",
    "tombstones": "what is left of it",
    "bill_lines": "a bill outlives its request",
    "bill_fees": "and goes with its bill",
    "customer_works": "goes with its customer",
    "invoices": "so does a lender's invoice",
    "royalties": "what was paid is kept",
    "copies": "files end by themselves, after weeks",
}


async def test_every_table_that_names_requests_lets_go_of_those_that_are_purged_or_says_why_not(store: Store) -> None:
    if isinstance(store, PostgresStore):
        asked = "SELECT table_name FROM information_schema.columns WHERE column_name = 'request' AND table_schema = 'public'"
    else:
        asked = "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE c.name = 'request' AND m.type = 'table'"
    named = {name for (name,) in await fetch(store, asked)}
    dropped = {statement.split()[2] for statement in (*DROPS, DROP_ENTRIES)}
    assert named - dropped == STAYS.keys()


async def test_a_store_knows_how_large_it_is(store: Store) -> None:
    room = await store.keeping.room()
    assert room.bytes > 100_000
    assert 0 <= room.idle < room.bytes
