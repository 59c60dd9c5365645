"""The audit chain over the API: whether history holds, and a note that is erased."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.sealing import Sealer
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.port import Change, HistoryEntry, HistoryKind, NewEffect
from gateway.store.sqlite import SqliteStore
from gateway.store.wording import words
from gateway.workflow.borrowing_events import Unsent
from gateway.workflow.effects import Tell
from gateway.workflow.events import StaffActed, Told
from gateway.workflow.records import Answer, AnswerKind, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import narrate
from tests.fakes.clock import QuickTime
from tests.web.known import START, a_request
from tests.web.live import Live

SECRET = "The customer has moved to Nowhere Lane"


async def note(live: Live) -> int:
    """A request on which somebody has written too much; the line's number."""
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    at = START + timedelta(hours=1)
    event = StaffActed(at=at, by="ada", action=StaffAction.NOTE, inside=SECRET)
    line = HistoryEntry(at=at, by="ada", kind=HistoryKind.DECISION, words=f"ada noted: {SECRET}.", state="will supply")
    await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    return (await live.store.story.lines("r1", limit=1))[0].id


async def seal(live: Live) -> None:
    sealer = Sealer(live.store, QuickTime(live.time.now()))
    await sealer.run_once()
    await sealer.run_once()


async def test_history_that_nobody_touched_holds(live: Live):
    await note(live)
    await seal(live)
    status, answer = await live.call("POST", "/audit/verify", body={})
    assert (status, answer["faults"], answer["lines"], answer["knows_head"]) == (200, [], 1, None)
    status, answer = await live.call("POST", "/audit/verify", body={"head": answer["head"]})
    assert answer["knows_head"] is True
    assert (await live.call("POST", "/audit/verify", body={"head": "f" * 64}))[1]["knows_head"] is False


async def test_a_note_is_erased_and_the_chain_holds(live: Live):
    number = await note(live)
    status, answer = await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."})
    assert (status, "not sealed yet" in answer["detail"]) == (409, True)
    await seal(live)
    status, answer = await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."})
    assert (status, answer["result"]) == (200, "done")
    (line,) = await live.store.story.lines("r1", limit=9)
    assert line.entry is not None
    assert isinstance(line.event, StaffActed)
    assert (line.event.inside, line.entry.state) == (None, "will supply")
    assert SECRET not in line.entry.words
    (told,) = await live.store.history(None)
    assert (told.by, told.detail) == ("first-admin", {"erased": number})
    await seal(live)
    status, answer = await live.call("POST", "/audit/verify", body={})
    assert (answer["faults"], answer["erased"]) == ([], 1)
    raw = live.store._writer.execute("SELECT group_concat(entry || coalesce(event, '')) FROM history").fetchone()[0]  # type: ignore[attr-defined]
    assert SECRET not in raw


async def test_an_erased_note_is_found_no_more_and_other_notes_are(live: Live):
    async def found_by(word: str) -> list[str]:
        return [each["id"] for each in (await live.call("GET", f"/requests?q={word}"))[1]["requests"]]

    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    for said in ("Call Zebulon Quux first", "The binding is loose"):
        event = StaffActed(at=START, by="ada", action=StaffAction.NOTE, note=said)
        line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words="ada noted.")
        await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    assert [await found_by(word) for word in ("zebulon", "binding")] == [["r1"], ["r1"]]
    _, first = await live.store.story.lines("r1", limit=9)
    await seal(live)
    assert (await live.call("POST", f"/audit/erase/{first.id}", body={"reason": "Privacy."}))[0] == 200
    assert [await found_by(word) for word in ("zebulon", "binding")] == [[], ["r1"]]


async def test_the_message_that_took_a_note_along_goes_with_it_and_others_stay(live: Live):
    said = "For Jo Doe <of Nowhere Lane> & family"
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    event = StaffActed(at=START, by="ada", action=StaffAction.NOTE, note=said)
    line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=f"ada noted: {said}.")
    await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    number = (await live.store.story.lines("r1", limit=1))[0].id
    for document in ("<note>#SEQ:1# For Jo Doe &lt;of Nowhere Lane&gt; &amp; family</note>", "<note>Another.</note>"):
        sent = HistoryEntry(
            at=START, by="gateway", kind=HistoryKind.MESSAGE_OUT, words="Told.", detail={"document": document}
        )
        await live.store.commit(Change(history_of="r1", history=(sent,)))
    await seal(live)
    assert (await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."}))[0] == 200
    other, gone, _ = await live.store.story.lines("r1", limit=9)
    assert (other.entry and other.entry.detail["document"]) == "<note>Another.</note>"
    assert gone.entry is not None
    assert str(gone.entry.detail["document"]).startswith("blake2b:")
    await seal(live)
    assert (await live.call("POST", "/audit/verify", body={}))[1]["faults"] == []


def tables_with(live: Live, secret: str) -> list[str]:
    """The tables in which the words are still to be read, as they were written or as the search has them."""
    store = live.store
    assert isinstance(store, SqliteStore)
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    names = [name for (name,) in store._writer.execute(named).fetchall()]
    found = {name: store._writer.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608 - our tables
    looked_for = (secret, " ".join(words(secret)))
    return [name for name, rows in found.items() if any(text in repr(rows) for text in looked_for)]


@pytest.mark.parametrize(
    ("act", "of"),
    [
        ({"action": StaffAction.FLAG, "inside": SECRET}, {"flag": SECRET}),
        ({"action": StaffAction.FORCE, "reason": SECRET, "state": State.COMPLETED}, {}),
        ({"action": StaffAction.OFFER, "answer": Answer(kind=AnswerKind.RETRY, note=SECRET)}, {"answer": Answer(kind=AnswerKind.RETRY, note=SECRET)}),
        ({"action": StaffAction.ANSWER_UNFILLED, "note": SECRET, "reason": "NotOnShelf"}, {"answer": Answer(kind=AnswerKind.UNFILLED, note=SECRET)}),
        ({"action": StaffAction.GO_ON, "note": SECRET, "reason": "The customer agrees."}, {"note": SECRET}),
    ],
    ids=["flag", "force", "offer", "answer", "order"],
)  # fmt: skip
async def test_whatever_a_person_wrote_is_gone_from_every_table(live: Live, act: dict[str, Any], of: dict[str, Any]):
    request = a_request("r1")
    await live.store.commit(Change(request=request, created=True, history_of="r1"))
    event = StaffActed(at=START, by="ada", **act)
    line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=narrate(event, UTC))
    decided = msgspec.structs.replace(request, version=request.version + 1, **of)
    await live.store.commit(Change(request=decided, history_of="r1", event=event, history=(line,)))
    assert tables_with(live, SECRET)
    await seal(live)
    number = (await live.store.story.lines("r1", limit=1))[0].id
    assert (await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."}))[0] == 200
    assert tables_with(live, SECRET) == []
    assert (await live.call("GET", "/requests?q=nowhere"))[1]["requests"] == []
    kept = await live.store.request("r1")
    assert kept is not None
    assert (kept.version, kept.flag is None) == (decided.version + 1, decided.flag is None)
    left = (await live.store.story.lines("r1", limit=1))[0].event
    assert isinstance(left, StaffActed)
    assert left.reason == (act["reason"] if act.get("reason") == "NotOnShelf" else None)
    await seal(live)
    assert (await live.call("POST", "/audit/verify", body={}))[1]["faults"] == []


async def test_words_that_are_still_to_be_sent_are_not_called_erased(live: Live):
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    event = StaffActed(at=START, by="ada", action=StaffAction.SEND_MESSAGE, note=SECRET)
    line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=narrate(event, UTC))
    tell = Tell(reason=ReasonForMessage.NOTIFICATION, status=Status.LOANED, note=SECRET, last_change=START)
    queued = NewEffect(effect=tell, lane="peer:x", due_at=START)
    await live.store.commit(Change(history_of="r1", event=event, history=(line,), effects=(queued,)))
    await seal(live)
    number = (await live.store.story.lines("r1", limit=1))[0].id
    status, answer = await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."})
    assert (status, "has not been sent yet" in answer["detail"]) == (409, True)
    assert len(await live.store.history("r1")) == 1
    await live.store.commit(
        Change(history_of="r1", event=Told(at=START, status=tell.status, reason=tell.reason), withdraw=(tell.key,))
    )
    assert (await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."}))[0] == 200
    assert tables_with(live, SECRET) == []


async def test_another_line_with_the_same_words_is_named_and_can_be_erased_too(live: Live):
    """A lender did not take the message: what it was to say stands in the line that tells of it."""
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    acted = StaffActed(at=START, by="ada", action=StaffAction.SEND_MESSAGE, note=SECRET)
    unsent = Unsent(at=START, what="Notification", attempt=1, words="ERROR", note=SECRET)
    for event in (acted, unsent):
        line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=narrate(event, UTC))
        await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    await seal(live)
    second, first = (line.id for line in await live.store.story.lines("r1", limit=9))
    answer = (await live.call("POST", f"/audit/erase/{first}", body={"reason": "Privacy."}))[1]
    assert f"The same words stand in line {second} of history" in answer["words"]
    status, answer = await live.call("POST", f"/audit/erase/{second}", body={"reason": "Privacy."})
    assert (status, "same words" in answer["words"]) == (200, False)
    assert tables_with(live, SECRET) == []


async def test_another_line_with_the_same_words_in_its_answer_is_named(live: Live):
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    noted = StaffActed(at=START, by="ada", action=StaffAction.NOTE, note=SECRET)
    answer = Answer(kind=AnswerKind.RETRY, note=SECRET)
    offered = StaffActed(at=START, by="ada", action=StaffAction.OFFER, answer=answer)
    for event in (noted, offered):
        line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=narrate(event, UTC))
        await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    await seal(live)
    second, first = (line.id for line in await live.store.story.lines("r1", limit=9))
    told = (await live.call("POST", f"/audit/erase/{first}", body={"reason": "Privacy."}))[1]
    assert f"The same words stand in line {second} of history" in told["words"]


async def test_notes_that_are_erased_at_once_are_all_erased_and_the_chain_holds(live: Live):
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    for number in range(4):
        event = StaffActed(at=START, by="ada", action=StaffAction.NOTE, inside=f"{SECRET} {number}")
        line = HistoryEntry(at=START, by="ada", kind=HistoryKind.DECISION, words=f"ada noted: {SECRET} {number}.")
        await live.store.commit(Change(history_of="r1", event=event, history=(line,)))
    numbers = [line.id for line in await live.store.story.lines("r1", limit=9)]
    await seal(live)
    asked = (
        live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."}) for number in (*numbers, numbers[0])
    )
    assert sorted(status for status, _ in await asyncio.gather(*asked)) == [200, 200, 200, 200, 409], (
        "one of them twice"
    )
    await seal(live)
    answer = (await live.call("POST", "/audit/verify", body={}))[1]
    assert (answer["faults"], answer["erased"]) == ([], 4)


@pytest.mark.parametrize("read", ["line", "seal_of"])
async def test_a_note_that_somebody_erases_while_it_is_read_is_not_erased_once_more(
    live: Live, monkeypatch: pytest.MonkeyPatch, read: str
):
    number = await note(live)
    await seal(live)
    tables = type(live.store.audit)
    plain = getattr(tables, read)

    async def overtaken(self: Any, entry: int) -> Any:
        monkeypatch.setattr(tables, read, plain)
        found = await plain(self, entry)
        assert (await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."}))[0] == 200
        return found

    monkeypatch.setattr(tables, read, overtaken)
    status, answer = await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."})
    assert (status, "no note" in answer["detail"]) == (409, True)


async def test_what_is_no_note_is_not_erased(live: Live):
    await live.store.commit(Change(request=a_request("r1"), created=True, history_of="r1"))
    entry = HistoryEntry(at=START, by="gateway", kind=HistoryKind.DECISION, words="Loaned.")
    await live.store.commit(Change(history_of="r1", history=(entry,)))
    await seal(live)
    number = (await live.store.story.lines("r1", limit=1))[0].id
    status, answer = await live.call("POST", f"/audit/erase/{number}", body={"reason": "Privacy."})
    assert (status, "no note" in answer["detail"]) == (409, True)
    assert (await live.call("POST", "/audit/erase/99", body={"reason": "Privacy."}))[0] == 404
