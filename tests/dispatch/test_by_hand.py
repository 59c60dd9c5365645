"""Which task or act “done by hand” answers: the one that is named, else the only one that is open."""

from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow.effects import OpenTask
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision, Refused
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import Deed, StaffAction
from tests.dispatch.house import House


def done(house: House, action: StaffAction = StaffAction.DONE_BY_HAND, **details: object) -> StaffActed:
    return StaffActed(at=house.time.now(), by="technician", action=action, **details)  # type: ignore[arg-type]


async def in_state(house: House, state: State, *tasks: TaskKind, number: str = "R1") -> tuple[Request, list[Task]]:
    """A request that stands there, with these tasks open."""
    known = await house.new(number)
    forced = done(
        house, StaffAction.FORCE, state=state, reason="Seen.", item_barcodes=(f"3000000000{number[1:]}010",),
        due_at=house.time.now(),
    )  # fmt: skip
    ruling = await house.intake.act(known.id, forced)
    assert isinstance(ruling, Decision)
    opened = tuple(OpenTask(kind=kind, words="Do it.") for kind in tasks)
    note = HistoryEntry(at=house.time.now(), by="test", kind=HistoryKind.NOTE, words="Asked.")
    await house.store.commit(Change(history_of=known.id, open_tasks=opened, history=(note,)))
    open_now = await house.store.tasks(request=known.id)
    return ruling.request, [task for task in open_now if task.kind in tasks]


async def test_the_only_open_task_is_meant_where_none_is_named(house: House):
    request, (task,) = await in_state(house, State.LOANED, TaskKind.CHECK_IN)
    ruling = await house.intake.act(request.id, done(house))
    assert isinstance(ruling, Decision)
    assert ruling.request.state is State.COMPLETED
    assert "done-by-hand (checkin)" in await house.words(request)
    assert (await house.store.task(task.id)).closed_at is not None  # type: ignore[union-attr]


async def test_without_a_task_the_act_must_be_named(house: House):
    request, _ = await in_state(house, State.LOANED)
    ruling = await house.intake.act(request.id, done(house))
    assert ruling == Refused("No task is open. Say what was done (did), such as “checkin”, if you did it in the ILS.")
    assert isinstance(await house.intake.act(request.id, done(house, deed=Deed.CHECKIN)), Decision)


async def test_of_several_tasks_one_must_be_named(house: House):
    request, tasks = await in_state(house, State.LOANED, TaskKind.CHECK_IN, TaskKind.RECONCILE)
    ruling = await house.intake.act(request.id, done(house))
    assert isinstance(ruling, Refused)
    assert all(f"Task {task.id}: {task.kind}." in ruling.words for task in tasks)
    assert isinstance(await house.intake.act(request.id, done(house, task=tasks[0].id)), Decision)


async def test_a_task_that_is_settled_is_not_answered_again(house: House):
    request, (task,) = await in_state(house, State.LOANED, TaskKind.CHECK_IN)
    await house.intake.act(request.id, done(house, task=task.id))
    again = await house.intake.act(request.id, done(house, task=task.id))
    assert again == Refused(f"Task {task.id} is settled already.")


async def test_what_was_settled_without_its_task_is_refused_by_the_table(house: House):
    request, (task,) = await in_state(house, State.LOANED, TaskKind.RENEW)
    ruling = await house.intake.act(request.id, done(house, task=task.id))
    assert isinstance(ruling, Refused)
    assert "settled already" in ruling.words


async def test_a_task_of_another_request_is_none_of_this_one(house: House):
    _, (task,) = await in_state(house, State.LOANED, TaskKind.CHECK_IN)
    other, _ = await in_state(house, State.LOANED, number="R2")
    assert await house.intake.act(other.id, done(house, task=task.id)) == Refused(
        f"Task {task.id} is none of this request."
    )
    assert isinstance(await house.intake.act(other.id, done(house, task=999_999)), Refused)


async def test_a_task_and_an_act_that_do_not_go_together_are_refused(house: House):
    request, (task,) = await in_state(house, State.LOANED, TaskKind.CHECK_IN)
    ruling = await house.intake.act(request.id, done(house, task=task.id, deed=Deed.RENEW))
    assert ruling == Refused(f"Task {task.id} is about “checkin”, not “renew”.")


async def test_where_nothing_is_done_by_hand_the_table_says_so(house: House):
    request, _ = await in_state(house, State.UNFILLED)
    ruling = await house.intake.act(request.id, done(house))
    assert isinstance(ruling, Refused)
    assert "is not possible while" in ruling.words
