"""An hour-old copy takes the store's place: all work is held, what happened meanwhile is found, and nothing is done twice."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from tests.e2e.conftest import MakeScene

CHANGES = ("09", "11", "15", "29")
"""Messages that change something on the circulation system."""
LOAD = 20


def play(scene: Scene, first: str, last: str) -> None:
    """The steps of a loan from one to another."""
    names = [name for name, _ in LOAN]
    for _, step in LOAN[names.index(first) : names.index(last) + 1]:
        step(scene)


def changes(stack: Stack) -> dict[str, int]:
    """How often the circulation system was told to change something, by message."""
    received = stack.acs.ask("received")
    return {code: received.get(code, 0) for code in CHANGES}


def recovery(stack: Stack, *arguments: str) -> Any:
    return json.loads(stack.command("recovery", *arguments, "--json"))


def back_up_under_load(stack: Stack, folder: Path) -> None:
    """Copy the store while partners' requests come in."""
    with ThreadPoolExecutor(2) as pool:
        load = pool.submit(
            lambda: [stack.partner.post("/requests", {"title": f"Nobody has this, {number}"}) for number in range(LOAD)]
        )
        stack.command("backup", str(folder), "--config", str(stack.config))
        sent = load.result()
    assert all(page["sent"][-1]["sending"] == "confirmed" for page in sent)


def bring_back(stack: Stack, folder: Path) -> None:
    """By ours: the store of before is moved aside."""
    stack.command("restore", str(folder), "--config", str(stack.config))


def test_nothing_is_done_twice_on_the_circulation_system(scene: MakeScene, stack: Stack, tmp_path: Path):
    nothing_is_done_twice(scene, stack, tmp_path, bring_back)


def nothing_is_done_twice(
    scene: MakeScene, stack: Stack, tmp_path: Path, bring_back: Callable[[Stack, Path], None]
) -> None:
    """Three loans go on after the copy, and another begins; then the copy is brought back, and each is found and set right."""
    waiting, shipped, returned = scene("ex000001"), scene("ex000013"), scene("ex000012")
    play(waiting, "request", "arrived")
    play(shipped, "request", "arrived")
    play(returned, "request", "Received")
    stack.acs_process.stop()
    waiting.act("ship")
    back_up_under_load(stack, tmp_path / "backup")

    stack.acs_process.start()
    play(waiting, "Loaned", "Loaned")
    play(shipped, "checked out", "Loaned")
    play(returned, "ShippedReturn", "LoanCompleted")
    fresh = scene("ex000004")
    play(fresh, "request", "WillSupply")
    kept_for_fresh = fresh.barcode
    before = changes(stack)
    stack.gateway.stop()
    bring_back(stack, tmp_path / "backup")
    stack.gateway.start()

    wait_for(lambda: recovery(stack, "show")["compared_at"], "the comparison after the restore", watch=stack.processes)
    assert changes(stack) == before
    differ = {line["request"]: line for line in recovery(stack, "list", "--found", "differs")["requests"]}
    assert set(differ) >= {shipped.our_id, returned.our_id}
    assert "counts as at the desk here" in differ[shipped.our_id]["words"]
    assert "lists no such loan" in differ[returned.our_id]["words"]
    agree = {line["request"]: line for line in recovery(stack, "list", "--found", "agrees")["requests"]}
    assert "looked at before" in agree[waiting.our_id]["words"]
    tasks = json.loads(stack.command("tasks", "list", "--kind", "does not match", "--json"))["tasks"]
    assert any(kept_for_fresh in task["words"] for task in tasks), "its hold is known to nobody here"

    stack.command("recovery", "go-on", "--agreeing")
    play(waiting, "Loaned", "Loaned")
    due = (shipped.acs_loan() or {})["due"]
    shipped.act("done-by-hand", due_at=due)
    returned.act("done-by-hand")
    stack.command("recovery", "go-on", shipped.our_id, returned.our_id)
    shipped.until_state("loaned")
    returned.until_state("completed")
    stack.command("recovery", "confirm-access")
    stack.command("recovery", "end", "--sure")
    wait_for(lambda: not waiting_work(stack), "the end of all work", watch=stack.processes)
    assert changes(stack) == before


def waiting_work(stack: Stack) -> list[str]:
    """Lanes of the circulation system and of partners with something in them."""
    with urlopen(f"http://127.0.0.1:{stack.ports.operations}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    depths = [line for line in lines if line.startswith("ill_queue_depth{") and ('"acs:' in line or '"peer:' in line)]
    return [line for line in depths if not line.endswith(" 0.0")]


def mark_goes_on_after_a_copy(stack: Stack, folder: Path) -> None:
    """Each start marks the store: the file is ahead of the copy. The gateway is stopped."""
    stack.command("backup", str(folder), "--config", str(stack.config))
    stack.gateway.stop()
    stack.gateway.start()
    stack.gateway.stop()


def put_in_place_by_hand(stack: Stack, folder: Path) -> None:
    (folder / "gateway.sqlite").replace(stack.directory / "gateway.sqlite")


def put_in_place_by_hand_and_say_so(stack: Stack, folder: Path) -> None:
    put_in_place_by_hand(stack, folder)
    stack.command("restored", "--to", "2026-01-05T04:00:00Z", "--config", str(stack.config))


@pytest.mark.parametrize(
    ("bring_back", "why"),
    [
        (bring_back, "The store was restored from "),
        (put_in_place_by_hand, "an older copy has taken its place"),
        (put_in_place_by_hand_and_say_so, "brought back by other means"),
    ],
)
def test_a_copy_that_was_put_in_place_is_noticed_and_said_to_be_what_it_is(
    stack: Stack, tmp_path: Path, bring_back: Callable[[Stack, Path], None], why: str
):
    mark_goes_on_after_a_copy(stack, tmp_path / "backup")
    bring_back(stack, tmp_path / "backup")
    stack.gateway.start()
    shown = recovery(stack, "show")
    assert shown["holds"]
    assert why in shown["why"]
    assert (shown["copy_of"] is None) is (bring_back is put_in_place_by_hand)
    stack.command("recovery", "confirm-access")
    stack.command("recovery", "end", "--sure")
