"""What the end-to-end tests of borrowing share: two libraries as processes, a scene for a work, and the first steps of a loan."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from gateway.demo.acs.collection import CollectionName, demonstration_collection
from gateway.demo.stage.borrowing_scene import BORROWED_LOAN, BorrowingScene
from gateway.demo.stage.case import Case
from gateway.demo.stage.neighbours import Neighbours

ENDED = ["completed", [], []]
"""State, open tasks and waiting work of a loan that is over."""
ARTICLE = {"service": "Copy", "article_title": "On Whistling", "pages": "7-9"}


def scene_for(both: Neighbours, record_id: str, **more: Any) -> BorrowingScene:
    """The scene for a work that Specimen Hills Library has, by its record id."""
    titles = demonstration_collection(CollectionName.HILLS).titles
    title = next(title for title in titles if title.record_id == record_id)
    wish = {"title": title.title, "identifiers": [{"code": "ISBN", "value": title.isbn}], **more}
    return BorrowingScene(both, both.valley.api, both.hills.api, wish)


def play(scene: BorrowingScene, *names: str) -> None:
    """These steps of a borrowed loan, one after another."""
    steps: dict[str, Callable[[BorrowingScene], str]] = dict(BORROWED_LOAN)
    for name in names:
        steps[name](scene)


def to_promised(scene: BorrowingScene) -> None:
    """The lender that has it promises it; whether it is asked first goes by what was learned in the loans before."""
    play(scene, "request", "WillSupply")


def to_handed_out(scene: BorrowingScene) -> None:
    to_promised(scene)
    play(scene, "Loaned", "Received", "on the shelf", "handed out")


def home(scene: BorrowingScene) -> None:
    play(scene, "brought back", "ShippedReturn", "LoanCompleted")


def ending(case: Case) -> list[Any]:
    """Where a request stands once its last message has gone out: its state, the kinds of its open tasks, what it still waits for, which is nothing."""

    def at_rest() -> dict[str, Any] | None:
        shown = case.shown()
        return None if shown["next"] else shown

    shown = case.until(at_rest, "a request that waits for nothing")
    return [shown["request"]["state"], case.tasks(), shown["next"]]


def heard(case: Case) -> Counter[str]:
    """What came in over ISO 18626, each document once: resends of the same bytes are no new message."""
    documents = {
        entry["detail"]["document"]: entry["words"]
        for entry in case.timeline()
        if entry["words"].startswith("Received ") and "document" in entry.get("detail", {})
    }
    return Counter(words.partition(";")[0].removeprefix("Received ") for words in documents.values())
