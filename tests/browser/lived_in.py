"""A house in the middle of a working day: requests in many states, lent and borrowed, with notes and tasks. For tests and screenshots."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from gateway.demo.stage.borrowing_scene import CUSTOMER, PICKUP, BorrowingScene, fill_pool
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PEER
from gateway.demo.stage.talk import Site
from tests.browser.around import around
from tests.fakes.stranger import ask

MADE_AVAILABLE: Final = ("30000000001200", "30000000001218")
"""Copies that the demonstration has elsewhere, and that are wanted below."""
VIEWER: Final = "viewer"
"""An account that the demonstration lacks: it may read alone."""
STRANGE: Final = "from a stranger"
"""What became of a request that waits for somebody to make its library a partner."""

LENT: Final[Mapping[str, tuple[dict[str, str], tuple[Callable[[Scene], object], ...]]]] = {
    "to fetch": ({"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"}, ()),
    "to fetch, with a note": (
        {"title": "The Imaginary Almanac", "isbn": "9780000000019", "note": "Our reader has an exam. Thank you!"},
        (),
    ),
    "to fetch, far away": ({"title": "A Short History of Tomorrow", "isbn": "9780000000132"}, ()),
    "arrived": ({"title": "Knots Nobody Ties", "isbn": "9780000000057"}, (Scene.arrive,)),
    "shipped": (
        {"title": "A Field Guide to Nonexistent Birds", "isbn": "9780000000026"},
        (Scene.arrive, Scene.ship, Scene.loaned),
    ),
    "with the partner": (
        {"title": "Mémoires d'une ville imaginée", "isbn": "9780000000125"},
        (
            Scene.arrive,
            Scene.ship,
            Scene.loaned,
            Scene.receive,
            partial(Scene.send, action="Notification", note="Could we keep it until the 20th?"),
        ),
    ),
    "completed": (
        {"title": "The Handbook of Pretend Machinery", "isbn": "9780000000149"},
        (
            Scene.arrive,
            Scene.ship,
            Scene.loaned,
            Scene.receive,
            Scene.send_back,
            Scene.check_in,
            Scene.completed,
        ),
    ),
    "lost": (
        {"title": "Conversations with a Fictional Lighthouse", "isbn": "9780000000064"},
        (Scene.arrive, Scene.ship, Scene.loaned, partial(Scene.act, action="lost")),
    ),
}
"""What the partner asks for and gets, with the steps that follow the promise."""
NOT_LENT: Final[Mapping[str, tuple[dict[str, str], str]]] = {
    "to decide": ({"title": "The Silent Film That Never Was"}, "deciding"),
    "unfilled": ({"title": "The Book That Nobody Wrote", "isbn": "9780000000194"}, "unfilled"),
    "to copy": (
        {
            "title": "A Short History of Tomorrow",
            "isbn": "9780000000132",
            "service": "Copy",
            "article_title": "On Tomorrow",
        },
        "to copy",
    ),
}
"""What the partner asks for without a promise, and where that ends."""
BORROWED: Final[Mapping[str, tuple[str, str, tuple[Callable[[BorrowingScene], object], ...]]]] = {
    "promised to us": ("A Grammar of Whistling Kettles", "9780000000521", ()),
    "on its way here": ("The Cartographer of Clouds", "9780000000507", (BorrowingScene.loaned,)),
    "on the hold shelf": (
        "The Silent Orchestra",
        "9780000000552",
        (BorrowingScene.loaned, BorrowingScene.receive),
    ),
    "lost by a customer": (
        "The Last Lamplighter of Specimen Hills",
        "9780000000538",
        (BorrowingScene.loaned, BorrowingScene.receive, lambda scene: scene.ours.act("lost")),
    ),
}
"""What a customer of ours wants and the neighbour promises, with the steps that follow."""
INVOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "2026/00417": (),
    "2026/00418": ("dispute",),
    "2026/00419": ("verify",),
}
"""What the lender asks of us, with what is done about each."""
CHAPTERS: Final = ("Minutes That Nobody Took", "A Quorum of One", "Any Other Business")
"""Copies of one book that customers of ours want: the rule of five counts them."""


@contextmanager
def lived_in(directory: Path) -> Iterator[tuple[Stack, Mapping[str, str]]]:
    """Start the house and its neighbours, and let them work; give the house and its requests' numbers by what became of them."""
    both = Neighbours(directory)
    with around() as others:
        others.introduce(both.valley)
        with both:
            yield both.valley, _lived(both)


def _lived(both: Neighbours) -> dict[str, str]:
    for house in (both.valley, both.hills):
        house.import_items()
    for barcode in MADE_AVAILABLE:
        both.valley.acs.ask("item", barcode=barcode, status="03")
    fill_pool(both)
    both.valley.open_accounts()
    both.valley.api.post("/accounts", {"name": VIEWER, "role": "viewer", "password": DESK_PASSWORD})
    token = both.valley.command("token", "create", "technician", "technician").strip()
    desk = both.valley.api_as(token)
    requests = _work(both, desk)
    _bill(both.valley, desk, requests["lost"])
    _invoices(both, desk, requests["on the hold shelf"])
    _mail(desk)
    both.valley.api.post("/directories/read", {})
    return requests | {STRANGE: _strange(both.valley, desk)}


def message_of(house: Stack, request: str) -> str:
    """Give the address of a message as it was sent."""
    told = house.api.get(f"/requests/{request}/story")["entries"]
    line = next(exchange["line"] for entry in told for exchange in entry["exchanges"])
    return f"/requests/{request}/messages/{line}"


def bills(house: Stack) -> dict[str, str]:
    """Give the bills' ids by their states."""
    return {bill["state"]: bill["id"] for bill in house.api.get("/bills")["bills"]}


def invoices(house: Stack) -> dict[str, str]:
    """Give the ids of lenders' invoices by their states."""
    return {f"invoice {each['state']}": each["id"] for each in house.api.get("/invoices")["invoices"]}


def notices(house: Stack) -> dict[str, str]:
    """Give the mails' ids by their states."""
    return {f"mail {each['state']}": each["id"] for each in house.api.get("/notices")["notices"]}


def known(house: Stack, requests: Mapping[str, str]) -> dict[str, str]:
    """Give what may stand in an address: numbers of requests, ids of bills, invoices and mails by their states, and where a message is."""
    in_books = bills(house) | invoices(house) | notices(house)
    return {**requests, **in_books, "a message": message_of(house, requests["completed"])}


def _work(both: Neighbours, desk: Site) -> dict[str, str]:
    refused = {name: _asked(both.valley, desk, wish) for name, (wish, _) in NOT_LENT.items()}
    lent = {name: _asked(both.valley, desk, wish) for name, (wish, _) in LENT.items()}
    borrowed = {name: _ordered(both, desk, title, isbn) for name, (title, isbn, _) in BORROWED.items()}
    for name, scene in lent.items():
        scene.until_state("will supply")
        for step in LENT[name][1]:
            step(scene)
    for name, borrowing in borrowed.items():
        borrowing.second_lender()
        for further in BORROWED[name][2]:
            further(borrowing)
    for chapter in CHAPTERS:
        _copy_ordered(desk, chapter)
    for name, scene in refused.items():
        scene.until_state(NOT_LENT[name][1])
    lent["to fetch, with a note"].act("note", inside="Handle with care: the spine is loose.")
    return {name: scene.our_id for name, scene in (lent | refused | borrowed).items()}


def _strange(house: Stack, desk: Site) -> str:
    """Let a library that nobody knows ask for something; our number of it."""
    ask(house, "ISIL:XX-STRANGER", "S-1")
    (line,) = desk.get("/requests?state=awaiting%20approval")["requests"]
    return str(line["id"])


def _bill(house: Stack, desk: Site, lost: str) -> None:
    """Begin a bill for what is lost; send one for fees, of which some is paid, and credit a part of it."""
    desk.post("/bills", {"request": lost})
    lines = [
        {"kind": "fee", "words": "Fee of a loan", "amount": "12.00"},
        {"kind": "fee", "words": "Post", "amount": "6.50"},
    ]
    bill = desk.post("/bills", {"partner": PEER, "lines": lines})["bill"]["id"]
    desk.post(f"/bills/{bill}/actions/finalise", {})
    wait_for(lambda: "bill" in desk.get(f"/bills/{bill}")["papers"], "the invoice's PDF", 60)
    desk.post(f"/bills/{bill}/actions/posted", {})
    desk.post("/payments", {"partner": PEER, "amount": "5.00", "currency": "USD", "reference": "Check 4711"})
    desk.post(f"/bills/{bill}/credit-note", {"lines": [{"kind": "credit", "words": "Post", "amount": "6.50"}]})


def _invoices(both: Neighbours, desk: Site, request: str) -> None:
    """The lender asks for money that it has no claim to, asks again, and asks for something that is right."""
    for number, acts in INVOICES.items():
        claim = {
            "lender": both.hills.library.id,
            "number": number,
            "kind": "lost",
            "dated": "2026-11-20",
            "amount": "80.00",
        }
        name = desk.post("/invoices", {**claim, "request": request})["invoice"]["id"]
        for act in acts:
            desk.post(f"/invoices/{name}/actions/{act}", {"reason": "The book is on our hold shelf."})


def _mail(desk: Site) -> None:
    """Send pull slips, of which some come back, and the month's report."""
    desk.post("/notices", {"kind": "pull slips"})
    desk.post("/notices", {"kind": "report"})

    def is_done() -> bool | None:
        states = {each["state"] for each in desk.get("/notices")["notices"]}
        return states == {"sent", "refused"} or None

    wait_for(is_done, "mails that are sent or refused", 60)


def _asked(house: Stack, desk: Site, wish: Mapping[str, str]) -> Scene:
    scene = Scene(house, desk, wish)
    scene.ask()
    return scene


def _ordered(both: Neighbours, desk: Site, title: str, isbn: str) -> BorrowingScene:
    scene = BorrowingScene(
        both, desk, both.hills.api, {"title": title, "identifiers": [{"code": "ISBN", "value": isbn}]}
    )
    scene.order()
    return scene


def _copy_ordered(desk: Site, chapter: str) -> None:
    wanted = {
        "title": "The Register of Unheld Meetings",
        "article_title": chapter,
        "identifiers": [{"code": "ISBN", "value": "9780000000576"}],
        "service": "Copy",
    }
    desk.post("/borrowing", {"customer": CUSTOMER, "pickup_branch": PICKUP, **wanted})
