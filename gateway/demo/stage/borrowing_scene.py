"""A request of our customer's as both gateways see it, and the steps of a borrowed loan, each done and waited for.

For demonstration and tests. Example Valley Library borrows, Specimen Hills Library lends; what staff do goes through the JSON API of
their gateway, what the customer does through the control port of the library's ACS. A step returns words for people once
everybody concerned has it in the books; it raises Trouble where that does not come in time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from gateway.demo.acs.collection import demonstration_collection, pool_barcodes
from gateway.demo.stage.case import Case
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import Trouble
from gateway.demo.stage.stack_config import PEER, VALLEY
from gateway.demo.stage.talk import Site
from gateway.workflow.borrowing.numbers import attempt_number

CUSTOMER: Final = "20000000000097"
"""A customer of Example Valley Library (collection.json)."""
PICKUP: Final = "SMP"
POOL: Final = "pool"
LENDERS_ACTS: Final[Mapping[str, int]] = {
    "hold placed": 1,
    "hold filled": 1,
    "checkout": 1,
    "renewal": 1,
    "checkin": 2,
}
"""What a loan leaves in the lender's ACS."""
BORROWERS_ACTS: Final[Mapping[str, int]] = {
    "hold placed": 1,
    "hold filled": 1,
    "checkout": 1,
    "renewal": 1,
    "checkin": 4,
}
"""And in the borrower's: check-ins at the desk, at the branch, when the customer brings it back, and at the desk again."""


def fill_pool(both: Neighbours) -> str:
    """Give the borrowing gateway the pool's barcodes; its words."""
    barcodes = pool_barcodes(demonstration_collection(VALLEY.collection))
    return str(both.valley.api.post("/pool", {"range": POOL, "barcodes": barcodes})["words"])


class BorrowingScene:
    """A request of a customer. `wish` is what the form says beside customer and branch (desk/orders.py).

    `desk` is the borrowing gateway's API with a technician's token, `lender_desk` the lending one's.
    """

    def __init__(
        self,
        both: Neighbours,
        desk: Site,
        lender_desk: Site,
        wish: Mapping[str, Any],
        *,
        customer: str = CUSTOMER,
    ) -> None:
        self.both = both
        self.wish = wish
        self.customer = customer
        valley, hills = both.valley, both.hills
        self.ours = Case(desk, valley.acs, lambda: both.processes)
        self.lenders = Case(lender_desk, hills.acs, lambda: both.processes)
        self._desk = desk
        self._lender_desk = lender_desk

    @property
    def our_id(self) -> str:
        """The request's number at the borrowing gateway."""
        return self.ours.our_id

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    def order(self, **more: Any) -> dict[str, Any]:
        """The customer's order comes in; the API's answer."""
        body = {"customer": self.customer, "pickup_branch": PICKUP, **self.wish, **more}
        answer = dict(self._desk.post("/borrowing", body))
        self.ours.our_id = answer["request"]
        return answer

    def find_at_lender(self) -> str:
        """Wait until the lender has the request that is asked of it now; its number there."""

        def found() -> str | None:
            number = self.attempt
            lines = self._lender_desk.get(f"/requests?q={number}")["requests"]
            return next((str(line["id"]) for line in lines if line["partner_request_id"] == number), None)

        self.lenders.our_id = self.ours.until(found, "the request in the lender's books")
        return self.lenders.our_id

    @property
    def attempt(self) -> str:
        """The number that the lender asked last knows the request by."""
        return attempt_number(self.our_id, len(self.asked()))

    def asked(self) -> list[str]:
        """The partners that were asked, one after the other."""
        return [str(line["partner"]) for line in self.ours.request()["borrowing"].get("asked", [])]

    def until_asked(self, partner: str) -> None:
        """Wait until a partner has the request."""
        self.ours.until(lambda: partner in self.asked(), f"{partner} among those asked")

    def customer_borrows(self) -> None:
        """The customer takes it from the shelf to the desk of the branch."""
        self.both.valley.acs.ask("borrow", barcode=self.ours.barcode, customer=self.customer)

    def scan_at_branch(self) -> dict[str, Any]:
        """The branch scans it: what comes with the courier, or what the customer brings back; where the ACS sends it."""
        return dict(self.both.valley.acs.ask("return", barcode=self.ours.barcode, branch=PICKUP))

    def item_status(self) -> str:
        """The circulation status of the item on the borrowing library's ACS."""
        return str(self.both.valley.acs.ask("item", barcode=self.ours.barcode)["status"])

    def pool_counts(self) -> dict[str, int]:
        """How many barcodes of the pool are in each state."""
        return dict(self._desk.get("/pool")["ranges"][0]["counts"])

    # ── the steps of a borrowed loan ─────────────────────────────────────────────────────────────

    def ask(self) -> str:
        """The customer's order comes in, and is looked through."""
        self.order()
        self.ours.until(self.asked, "a lender that is asked")
        return f"{self.our_id} is the customer's; the ACS says that the card is in order (SIP2 63)"

    def first_lender(self) -> str:
        """The first of the rota is asked, in vain."""
        self.ours.until_noted("Unfilled")
        return f"{self.asked()[0]} is asked first, and has nothing to lend"

    def holder_first(self) -> str:
        """The one whose catalogue does not say no is asked first, the other is left for the last."""
        lender = self.both.hills.library.id
        self.until_asked(lender)
        left = next(iter(self.ours.request()["borrowing"]["lenders"]))
        return f"{lender} is asked first; {left['partner']} comes last: {left['reason'].partition(',')[0]}"

    def held_there(self) -> str:
        """The one whose catalogue has it in is asked first, by its record number there, and promises it."""
        self.until_asked(PEER)
        self.ours.until_state("promised")
        [line] = self.ours.request()["borrowing"]["asked"]
        return f"{line['partner']} is asked first, for its record {line['record_id']}, and promises it: {line['reason'].partition(', fill')[0]}"

    def second_lender(self) -> str:
        """The second is asked, and promises it."""
        self.until_asked(self.both.hills.library.id)
        self.find_at_lender()
        self.ours.until_state("promised")
        return f"{self.both.hills.library.name} is asked as {self.attempt}, reserves its copy and promises it"

    def loaned(self) -> str:
        """The lender sends it."""
        self.lenders.act("arrived", item_barcodes=[self.lenders.barcode])
        self.lenders.until_state("arrived")
        self.lenders.act("ship")
        self.ours.until_state("on its way")
        self.lenders.until_state("loaned")
        return f"the lender checks item {self.lenders.barcode} out to our account; due there {_day(self._due())}"

    def receive(self) -> str:
        """One scan of the lender's barcode."""
        self.ours.act("receive")
        self.ours.until_state("waiting for the customer")
        self.lenders.until(lambda: self.lenders.request().get("received_at"), "Received in the lender's books")
        route = self.ours.request()["borrowing"]["route_to"]
        return f"one scan: barcode {self.ours.barcode} stands for it, held for the customer (15), sent to {route} (09)"

    def on_shelf(self) -> str:
        """The pickup branch puts it on the hold shelf."""
        self.scan_at_branch()
        if self.item_status() != "08":
            raise Trouble(f"The item is {self.item_status()} at the pickup branch, not on the hold shelf.")
        return f"{PICKUP} puts it on the hold shelf"

    def hand_out(self) -> str:
        """The customer fetches it; nobody tells the gateway."""
        self.customer_borrows()
        self.ours.until_state("with the customer")
        return f"the customer has it; seen by asking (SIP2 17), due {_day(self._due_here())}"

    def renew(self) -> str:
        """The customer wants it for longer; the lender grants it."""
        before, before_here = self._due(), self._due_here()
        self.ours.act("renew")
        self.ours.until(lambda: self._due() > before, "the lender's new due date")
        self.ours.until(lambda: self._due_here() > before_here, "the new due date here")
        return f"the lender renews, due there {_day(self._due())}; renewed here too (SIP2 29), due {_day(self._due_here())}"

    def bring_back(self) -> str:
        """The customer brings it back to the branch; nobody tells the gateway."""
        self.scan_at_branch()
        self.ours.until_state("to send back")
        return "the customer brings it back to the branch; seen by asking (SIP2 17)"

    def send_back(self) -> str:
        """It is scanned at the desk, and sent to the lender."""
        self.ours.act("send-back")
        self.ours.until_state("sent back")
        self.lenders.until_state("returning")
        return "scanned at the desk and checked in (SIP2 09); the lender is told that it is on its way"

    def completed(self) -> str:
        """The lender has it again, and the barcode rests."""
        self.lenders.act("check-in")
        self.lenders.until_state("completed")
        self.ours.until_state("completed")
        return f"the lender has it again; barcode {self.ours.barcode} rests"

    def _due(self) -> datetime:
        return datetime.fromisoformat(self.ours.request()["due_at"])

    def _due_here(self) -> datetime:
        return datetime.fromisoformat(self.ours.request()["items"][0]["due_at"])


BORROWED_LOAN: tuple[tuple[str, Callable[[BorrowingScene], str]], ...] = (
    ("request", BorrowingScene.ask),
    ("Unfilled", BorrowingScene.first_lender),
    ("WillSupply", BorrowingScene.second_lender),
    ("Loaned", BorrowingScene.loaned),
    ("Received", BorrowingScene.receive),
    ("on the shelf", BorrowingScene.on_shelf),
    ("handed out", BorrowingScene.hand_out),
    ("Renew", BorrowingScene.renew),
    ("brought back", BorrowingScene.bring_back),
    ("ShippedReturn", BorrowingScene.send_back),
    ("LoanCompleted", BorrowingScene.completed),
)
"""A borrowed loan from the customer's wish to the lender's shelf, step by step."""
HELD_ELSEWHERE: Final = tuple(
    ("rota", BorrowingScene.holder_first) if name == "Unfilled" else (name, step) for name, step in BORROWED_LOAN
)
"""The same where the partner's catalogue says that it does not have the work: it is not asked."""
HELD_THERE: Final = (("request", BorrowingScene.ask), ("rota", BorrowingScene.held_there))
"""An order for a work that the partner's catalogue has, as far as its promise."""


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
