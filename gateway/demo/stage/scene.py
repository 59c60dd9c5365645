"""One request as all three processes see it, and the steps of a loan, each done and waited for: for demonstration and tests.

The partner's steps go through its control port, the technician's through the gateway's JSON API. A step returns words
for people once everybody concerned has it in the books; it raises Trouble where that does not come in time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from gateway.demo.stage.case import Case
from gateway.demo.stage.processes import Trouble
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT
from gateway.demo.stage.talk import Site


class Scene(Case):
    """A request of the partner's. `desk` is the gateway's API with a technician's token; the ACS must be there at the start."""

    def __init__(self, stack: Stack, desk: Site, wish: Mapping[str, str]) -> None:
        super().__init__(desk, stack.acs, lambda: stack.processes)
        self.stack = stack
        self.wish = wish
        self.partner_id = ""

    # ── what each has in its books ───────────────────────────────────────────────────────────────

    def page(self) -> dict[str, Any]:
        """The partner's page of the request."""
        return dict(self.stack.partner.get(f"/requests/{self.partner_id}"))

    def acs_loan(self) -> dict[str, Any] | None:
        """The ACS's loan of the item to the partner."""
        return self.loan_of(PARTNER_ACCOUNT)

    def acs_hold(self) -> dict[str, Any] | None:
        """The ACS's hold for the partner on the item."""
        return self.hold_of(PARTNER_ACCOUNT)

    def told(self, status: str, reason: str | None = None) -> dict[str, Any] | None:
        """The first message with this status, and this reason, that the partner took."""
        messages = (dict(told) for told in self.page()["told"])
        return next((told for told in messages if told["status"] == status and reason in {None, told["reason"]}), None)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    def until_told(self, status: str, reason: str | None = None) -> dict[str, Any]:
        """Wait until the partner has heard a status."""
        return self.until(partial(self.told, status, reason), f"{status} at the partner")

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    def send(self, action: str, note: str | None = None) -> None:
        """An action of the partner's; Trouble where it was not confirmed."""
        page = self.stack.partner.post(f"/requests/{self.partner_id}/actions/{action}", {"note": note})
        _check_confirmed(page)

    # ── the steps of a loan ──────────────────────────────────────────────────────────────────────

    def ask(self) -> str:
        """The partner sends its request."""
        page = self.stack.partner.post("/requests", self.wish)
        _check_confirmed(page)
        self.take(page["id"])
        return f"{self.partner_id} arrives over ISO 18626 and is confirmed; our number is {self.our_id}"

    def take(self, partner_id: str) -> None:
        """Make a request that the partner has sent this scene's own."""
        self.partner_id = partner_id
        self.our_id = self.until(self._find, "the request in the gateway's books")

    def _find(self) -> str | None:
        found = self._desk.get(f"/requests?q={quote(self.wish['title'])}")["requests"]
        return next((line["id"] for line in found if line["partner_request_id"] == self.partner_id), None)

    def copies(self) -> str:
        """The gateway finds copies and asks the ACS about each."""
        return self.until_noted("found. Item list:")

    def hold(self) -> str:
        """The best copy is reserved."""
        self.until_state("will supply")
        hold = self.until(self.acs_hold, "the hold in the ACS")
        return f"the ACS keeps item {hold['item']} for the partner's account (SIP2 15)"

    def will_supply(self) -> str:
        """The partner is told so."""
        told = self.until_told("WillSupply")
        return f"the partner is told, expected {_day(told['expected_at'])}"

    def pull(self) -> str:
        """The technician takes the pull list to the shelf."""
        rows = self._desk.get("/lists/pull")["rows"]
        row = next((row for row in rows if row["request"] == self.our_id), None)
        if row is None:
            raise Trouble("The request is not on the pull list.")
        return f"the pull list sends us to {row['branch']}, {row['call_number']}"

    def arrive(self) -> str:
        """The item is scanned at the desk."""
        self.act("arrived", item_barcodes=[self.barcode])
        self.until_state("arrived")
        return "scanned at the desk, checked in there (SIP2 09)"

    def ship(self) -> str:
        """The item is checked out to the partner's account."""
        self.act("ship")
        loan = self.until(self.acs_loan, "the loan in the ACS")
        return f"to the partner's account (SIP2 11); the ACS says due {_day(loan['due'])}"

    def loaned(self) -> str:
        """The partner is told Loaned, with the due date that the ACS gave."""
        told = self.until_told("Loaned")
        self.until_state("loaned")
        self._check_due(told)
        return f"the partner is told, due {_day(told['due_at'])}"

    def receive(self) -> str:
        """The partner has it."""
        self.send("Received")
        self.until(lambda: self.request().get("received_at"), "Received in the gateway's books")
        return "the partner says that it has come"

    def renew(self) -> str:
        """The partner asks for a renewal, and the ACS grants it."""
        before = self.page()["due_at"]
        self.send("Renew")
        told = self.until_told("Loaned", "RenewResponse")
        self.until_state("loaned")
        if told["answer"] != "Y" or not _moment(told["due_at"]) > _moment(before):
            raise Trouble(f"The renewal was not granted: {told['answer']}, due {_day(told['due_at'])}.")
        self._check_due(told)
        return f"the partner asks, the ACS grants it (SIP2 29): due {_day(told['due_at'])}"

    def send_back(self) -> str:
        """The partner sends it back."""
        self.send("ShippedReturn")
        self.until_state("returning")
        return "the partner says that it is on its way back"

    def check_in(self) -> str:
        """The item is checked in."""
        self.act("check-in")
        self.until(lambda: self.acs_loan() is None, "the end of the loan in the ACS")
        return "back at the desk; the ACS has no loan any more (SIP2 09)"

    def completed(self) -> str:
        """The loan is over for everybody."""
        self.until_told("LoanCompleted")
        self.until_state("completed")
        return "the partner is told; the loan is closed"

    def unfilled(self) -> str:
        """The partner is told that we can't."""
        told = self.until_told("Unfilled")
        self.until_state("unfilled")
        if told.get("reason_unfilled") != "NotHeld":
            raise Trouble(f"Unfilled came with the reason {told.get('reason_unfilled')}, not NotHeld.")
        if any(entry["kind"] == "sip2" for entry in self.timeline()):
            raise Trouble("The ACS was asked about a work that the item list does not have.")
        return "the partner is told, reason NotHeld; nothing was asked of the ACS"

    def _check_due(self, told: Mapping[str, Any]) -> None:
        loan = self.acs_loan()
        if loan is None or _moment(loan["due"]) != _moment(told["due_at"]):
            due = _day(loan["due"]) if loan else "nothing"
            raise Trouble(f"The partner was told due {_day(told['due_at'])}, the ACS says {due}.")


LOAN: tuple[tuple[str, Callable[[Scene], str]], ...] = (
    ("request", Scene.ask),
    ("copies", Scene.copies),
    ("hold", Scene.hold),
    ("WillSupply", Scene.will_supply),
    ("pulled", Scene.pull),
    ("arrived", Scene.arrive),
    ("checked out", Scene.ship),
    ("Loaned", Scene.loaned),
    ("Received", Scene.receive),
    ("Renew", Scene.renew),
    ("ShippedReturn", Scene.send_back),
    ("checked in", Scene.check_in),
    ("LoanCompleted", Scene.completed),
)
"""A loan from request to return, step by step."""

REFUSAL: tuple[tuple[str, Callable[[Scene], str]], ...] = (("request", Scene.ask), ("Unfilled", Scene.unfilled))
"""A request for what nobody holds."""


def _check_confirmed(page: Mapping[str, Any]) -> None:
    last = page["sent"][-1]
    if last["sending"] != "confirmed":
        raise Trouble(f"The partner's {last['what']} was {last['sending']}: {last.get('words', '')}.")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str | None) -> str:
    return text[:10] if text else "unknown"
