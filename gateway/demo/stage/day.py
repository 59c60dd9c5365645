"""The start of a technician's day at Example Valley Library: requests in every state that one should have seen. For training.

Sample Valley Library, the demonstration partner, must wait to be told what it says as lender (`--lends`); it is told here
through its control port, as its page does it (demo/partner/board.py).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.talk import Site

TO_FETCH: Final = (
    {"title": "A Field Guide to Nonexistent Birds", "author": "Sample, Robin", "isbn": "9780000000026"},
    {"title": "Knots Nobody Ties", "author": "Example, Lena", "isbn": "9780000000057"},
)
TO_SHIP: Final = {"title": "Mémoires d'une ville imaginée", "author": "Modèle, Édith", "isbn": "9780000000125"}
OUT: Final = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}
CARLA: Final = "20000000000097"
ERNEST: Final = "20000000000105"
"""Customers of Example Valley Library (collection.json)."""


def _wish(title: str, author: str, isbn: str) -> dict[str, Any]:
    return {"title": title, "author": author, "identifiers": [{"code": "ISBN", "value": isbn}]}


ON_ITS_WAY: Final = _wish("Bridges That Changed Their Minds", "Mockup, Archie", "9780000000514")
OVERDUE: Final = _wish("A Grammar of Whistling Kettles", "Lorem, Dolores", "9780000000521")
TO_SEND_BACK: Final = _wish("The Last Lamplighter of Specimen Hills", "Placeholder, Percy", "9780000000538")
ON_TERMS: Final = _wish("Weather for Beginners, Imagined", "Sample, Storm", "9780000000545")


class Day:
    """What has happened before the technician comes. `desk` is the API of Example Valley Library's gateway, with a token.

    A step returns words for people once it has come; it raises Trouble where that takes too long.
    """

    def __init__(self, both: Neighbours, desk: Site) -> None:
        self._both = both
        self._desk = desk

    def to_fetch(self) -> str:
        """Requests whose items stand on the shelf, reserved."""
        for wish in TO_FETCH:
            self._promised(wish)
        return f"{len(TO_FETCH)} books are reserved for Sample Valley Library, and stand on the pull list"

    def to_ship(self) -> str:
        """One whose item is at the desk."""
        self._at_the_desk(TO_SHIP)
        return f"“{TO_SHIP['title']}” is at the desk"

    def out(self) -> str:
        """One that the partner has."""
        scene = self._at_the_desk(OUT)
        scene.ship()
        scene.loaned()
        scene.receive()
        return f"“{OUT['title']}” is with Sample Valley Library"

    def on_its_way(self) -> str:
        """One that we borrow, sent by the partner."""
        self._sent(ON_ITS_WAY, CARLA)
        return f"Sample Valley Library has sent “{ON_ITS_WAY['title']}”"

    def overdue(self) -> str:
        """One that our customer has, and the partner wants back."""
        scene = self._with_customer(OVERDUE, ERNEST)
        self._say(scene, "overdue")
        scene.ours.until_noted("Overdue")
        return f"Sample Valley Library says that “{OVERDUE['title']}” is overdue"

    def to_send_back(self) -> str:
        """One that the customer has brought back."""
        self._with_customer(TO_SEND_BACK, CARLA).bring_back()
        return f"a customer has brought back “{TO_SEND_BACK['title']}”"

    def to_decide(self) -> str:
        """One that the partner lends for money: a task."""
        scene = self._asked(ON_TERMS, ERNEST)
        self._say(scene, "on-terms")
        scene.ours.until(scene.ours.tasks, "a task about the price")
        return f"Sample Valley Library wants money for “{ON_TERMS['title']}”: a task"

    # ── how they come there ──────────────────────────────────────────────────────────────────────

    def _promised(self, wish: Mapping[str, str]) -> Scene:
        scene = Scene(self._both.valley, self._desk, wish)
        scene.ask()
        scene.hold()
        return scene

    def _at_the_desk(self, wish: Mapping[str, str]) -> Scene:
        scene = self._promised(wish)
        scene.arrive()
        return scene

    def _asked(self, wish: Mapping[str, Any], customer: str) -> BorrowingScene:
        scene = BorrowingScene(self._both, self._desk, self._both.hills.api, wish, customer=customer)
        scene.ask()
        scene.ours.until(lambda: self._is_known(scene.attempt), "the request at the partner")
        return scene

    def _sent(self, wish: Mapping[str, Any], customer: str) -> BorrowingScene:
        scene = self._asked(wish, customer)
        self._say(scene, "will-supply")
        scene.ours.until_state("promised")
        self._say(scene, "ship")
        scene.ours.until_state("on its way")
        return scene

    def _with_customer(self, wish: Mapping[str, Any], customer: str) -> BorrowingScene:
        scene = self._sent(wish, customer)
        scene.ours.act("receive")
        scene.ours.until_state("waiting for the customer")
        scene.on_shelf()
        scene.hand_out()
        return scene

    def _is_known(self, number: str) -> bool:
        return any(each["id"] == number for each in self._both.valley.partner.get("/asked")["requests"])

    def _say(self, scene: BorrowingScene, saying: str) -> None:
        self._both.valley.partner.post(f"/asked/{scene.attempt}/{saying}")


MORNING: Final[tuple[tuple[str, Callable[[Day], str]], ...]] = (
    ("to fetch", Day.to_fetch),
    ("to ship", Day.to_ship),
    ("lent", Day.out),
    ("on its way", Day.on_its_way),
    ("overdue", Day.overdue),
    ("to send back", Day.to_send_back),
    ("to decide", Day.to_decide),
)
"""What the day begins with, step by step."""
