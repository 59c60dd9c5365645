"""One request at one gateway, as its API shows it, and the waiting for what it should come to: for demonstration and tests."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from gateway.demo.stage.processes import Process, wait_for
from gateway.demo.stage.talk import AcsControl, Site

T = TypeVar("T")

DEADLINE_S = 300.0
"""For one step: seconds on a machine at rest, and more than a minute was seen on one with fifty processes waiting for two cores."""


class Case:
    """A request in the books of a gateway and of its ACS.

    `desk` is the gateway's API with a technician's token, `processes` are those whose end is Trouble while it is waited.
    The ACS must be there at the start: what it did before does not count.
    """

    def __init__(
        self,
        desk: Site,
        acs: AcsControl,
        processes: Callable[[], Iterable[Process]],
        *,
        our_id: str = "",
    ) -> None:
        self.our_id = our_id
        self.deadline_s = DEADLINE_S
        self._desk = desk
        self._acs = acs
        self._processes = processes
        self._acts_before = len(acs.ask("books")["acts"])

    # ── what the books say ───────────────────────────────────────────────────────────────────────

    def shown(self) -> dict[str, Any]:
        """What the gateway shows of the request: it, its tasks, what happens next."""
        return dict(self._desk.get(f"/requests/{self.our_id}"))

    def request(self) -> dict[str, Any]:
        """The request in the gateway's books."""
        return dict(self.shown()["request"])

    def tasks(self) -> list[str]:
        """The kinds of its open tasks."""
        return [str(task["kind"]) for task in self.shown()["tasks"]]

    def timeline(self) -> list[dict[str, Any]]:
        """The request's timeline."""
        return list(self._desk.get(f"/requests/{self.our_id}/timeline")["entries"])

    @property
    def barcode(self) -> str:
        """The item that stands for it on the ACS."""
        return str(self.request()["items"][0]["copy"]["item_barcode"])

    def loan_of(self, customer: str) -> dict[str, Any] | None:
        """The ACS's loan of the item to somebody."""
        return self._entry("loans", customer)

    def hold_of(self, customer: str) -> dict[str, Any] | None:
        """The ACS's hold for somebody on the item."""
        return self._entry("holds", customer)

    def _entry(self, kind: str, customer: str) -> dict[str, Any] | None:
        wanted = {"item": self.barcode, "customer": customer}.items()
        return next((dict(each) for each in self._acs.ask("books")[kind] if wanted <= each.items()), None)

    def acs_acts(self, barcode: str) -> dict[str, int]:
        """How often the ACS did each kind of act with an item since this case began."""
        counts: dict[str, int] = {}
        for act in self._acs.ask("books")["acts"][self._acts_before :]:
            if act["item"] == barcode:
                counts[act["kind"]] = counts.get(act["kind"], 0) + 1
        return counts

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    def until(self, probe: Callable[[], T | None], what: str) -> T:
        """Wait for something; Trouble where it does not come, or a process ends that should run."""
        running = [process for process in self._processes() if process.alive]
        return wait_for(probe, what, self.deadline_s, watch=running)

    def until_state(self, *states: str) -> str:
        """Wait until the gateway has the request in one of these states."""

        def reached() -> str | None:
            state = str(self.request()["state"])
            return state if state in states else None

        return self.until(reached, f"the state “{' or '.join(states)}”")

    def until_noted(self, part: str) -> str:
        """Wait for a line of the timeline that holds these words, and give it."""

        def noted() -> str | None:
            return next((str(entry["words"]) for entry in self.timeline() if part in entry["words"]), None)

        return self.until(noted, f"“{part}” in the timeline")

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    def act(self, action: str, **details: Any) -> str:
        """A step of the technician's; the gateway's words. SaidNo where it is refused."""
        return str(self._desk.post(f"/requests/{self.our_id}/actions/{action}", details)["words"])
