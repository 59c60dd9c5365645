"""Two libraries with the tests' own broker between them, each a process: Example Valley Library asks, Specimen Hills Library lends.

with Brokered(directory, Mode.OPAQUE) as three:
...  # three.valley, three.hills, three.broker, three.control
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from gateway.demo.acs.collection import demonstration_collection, pool_barcodes
from gateway.demo.acs.records import Title
from gateway.demo.stage.borrowing_scene import CUSTOMER, PICKUP, POOL
from gateway.demo.stage.case import Case
from gateway.demo.stage.house import House, start_together, stop_together
from gateway.demo.stage.processes import Process, free_port, wait_for
from gateway.demo.stage.stack_config import HILLS, VALLEY, Correspondent, HousePorts, Secrets
from gateway.demo.stage.talk import Site
from tests.fakes.broker.records import READER, Library, Mode, Script, Settings

BROKER = "ISIL:XX-BROKER"
SCRIPTED = {
    "ISIL:XX-BUSY": Script.NOT_NOW,
    "ISIL:XX-NONE": Script.UNFILLED,
    "ISIL:XX-TERMS": Script.OFFERS,
    "ISIL:XX-LENDS": Script.PROMISES,
}
DIALECT = {Mode.OPAQUE: "broker", Mode.TRANSPARENT: "broker-transparent"}
PAGE = "http://127.0.0.1:{}/iso18626"


class QuickHouse(House):
    """A library whose gateway has short clocks (quick_gateway.py)."""

    def _gateway_process(self) -> Process:
        process = super()._gateway_process()
        process._arguments = ("tests.e2e.quick_gateway", *process._arguments[1:])
        return process


class Brokered:
    """Five processes; `with` starts them and stops them."""

    def __init__(self, directory: Path, mode: Mode) -> None:
        self.directory = directory
        self.mode = mode
        ports = {"valley": HousePorts.free(), "hills": HousePorts.free()}
        door, control = free_port(), free_port()
        shown, showing = secrets.token_hex(16), secrets.token_hex(16)
        whoever_asks = BROKER if mode is Mode.OPAQUE else READER

        def introduced(symbol: str, account: str) -> Correspondent:
            """The broker, as a gateway knows it."""
            return Correspondent(
                id="broker", name="Example Broker", symbol=symbol, account=account, street="9 Between",
                locality="Betwixt", postal_code="00009", port=door, shows={"bearer": showing}, is_shown=shown,
                dialect=DIALECT[mode],
            )  # fmt: skip

        self.valley = QuickHouse(
            directory / "valley",
            ports=ports["valley"],
            secrets=Secrets.drawn(),
            correspondents=[introduced(BROKER, HILLS.account)],
        )
        self.hills = QuickHouse(
            directory / "hills",
            ports=ports["hills"],
            secrets=Secrets.drawn(),
            correspondents=[introduced(whoever_asks, VALLEY.account)],
            library=HILLS,
        )
        if mode is Mode.TRANSPARENT:
            _speaks_for(self.hills.config, VALLEY.symbol, READER)
        gateways = {
            VALLEY.symbol: Library(url=PAGE.format(ports["valley"].peers), bearer=showing),
            HILLS.symbol: Library(url=PAGE.format(ports["hills"].peers), bearer=showing),
        }
        settings = Settings(
            port=door,
            control_port=control,
            books=str(directory / "broker-books.json"),
            mode=mode,
            symbol=BROKER,
            libraries={**gateways, **{symbol: Library(script=script) for symbol, script in SCRIPTED.items()}},
        )
        path = directory / "broker.json"
        path.write_bytes(msgspec.json.encode(settings))
        self.control = Site(control)
        self.broker = Process(
            "broker",
            ("tests.fakes.broker", str(path)),
            log=directory / "broker.log",
            is_ready=lambda: self.control.get("/books") is not None,
        )

    @property
    def processes(self) -> tuple[Process, ...]:
        """All five."""
        return (self.broker, *self.hills.processes, *self.valley.processes)

    def __enter__(self) -> Self:
        """Start all, and give both gateways what they need."""
        start_together(self.processes)
        self.hills.import_items()
        barcodes = pool_barcodes(demonstration_collection(VALLEY.collection))
        self.valley.api.post("/pool", {"range": POOL, "barcodes": barcodes})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all."""
        stop_together(self.processes, is_lost=error is not None)

    @contextmanager
    def answered_by_staff(self) -> Iterator[None]:
        """Meanwhile no answer of the lending library goes out by itself."""
        path = "/partners/broker"
        partner = self.hills.api.get(path)["partner"]
        self.hills.api.call("PUT", path, partner | {"auto_answer": "off"})
        try:
            yield
        finally:
            self.hills.api.call("PUT", path, partner)

    # ── what is played ───────────────────────────────────────────────────────────────────────────

    def order(self, record_id: str, *rota: str, customer: str = CUSTOMER) -> Case:
        """A customer of Example Valley Library wants a work of the other library; the broker asks these, one after the other.

        A record that the other library doesn't have is a title.
        """
        self.control.post("/rota", {"rota": rota or [HILLS.symbol]})
        title = _title(record_id)
        work = (
            {"title": title.title, "identifiers": [{"code": "ISBN", "value": title.isbn}]}
            if title
            else {"title": record_id}
        )
        case = Case(self.valley.api, self.valley.acs, lambda: self.processes)
        asked = self.valley.api.post("/borrowing", {"customer": customer, "pickup_branch": PICKUP, **work})
        case.our_id = asked["request"]
        return case

    def at_hills(self, number: str) -> Case:
        """The request of this number in the lending gateway's books, once it is there."""
        case = Case(self.hills.api, self.hills.acs, lambda: self.processes)

        def found() -> str | None:
            lines = self.hills.api.get(f"/requests?q={number}")["requests"]
            return next((str(line["id"]) for line in lines if line["partner_request_id"] == number), None)

        case.our_id = case.until(found, "the request in the lender's books")
        return case

    def books(self, number: str) -> dict[str, Any]:
        """The broker's line of a request."""
        return dict(next(each for each in self.control.get("/books")["transactions"] if each["id"] == number))

    def reading(self, number: str) -> dict[str, Any]:
        """What the broker's own requester has understood."""
        return dict(next(each for each in self.control.get("/books")["readings"] if each["id"] == number))

    def until(self, probe: Callable[[], Any], what: str) -> Any:
        """Wait for something."""
        return wait_for(probe, what, 60.0)

    def until_read(self, number: str, state: str) -> dict[str, Any]:
        """Wait until the broker's own requester has come so far."""
        return dict(self.until(lambda: self._reading_in(number, state), f"the reader's state “{state}”"))

    def _reading_in(self, number: str, state: str) -> dict[str, Any] | None:
        reading = self.reading(number)
        return reading if reading["state"] == state else None

    def read(self, number: str, record_id: str) -> Case:
        """The broker's own requester asks; the request at the lending gateway."""
        self.control.post("/rota", {"rota": [HILLS.symbol]})
        title = _title(record_id)
        assert title is not None, record_id
        self.control.post("/read", {"id": number, "title": title.title, "record_id": record_id})
        return self.at_hills(number)

    def write(self, number: str, action: str, note: str | None = None) -> str | None:
        """The broker's own requester writes; what was wrong with it."""
        error: str | None = self.control.post(f"/read/{number}", {"action": action, "note": note})["error"]
        return error


def _title(record_id: str) -> Title | None:
    titles = demonstration_collection(HILLS.collection).titles
    return next((each for each in titles if each.record_id == record_id), None)


def _speaks_for(config: Path, *symbols: str) -> None:
    """A transparent broker speaks for the libraries themselves."""
    text = config.read_text(encoding="utf-8")
    lists = f"[{', '.join(map(_quoted, symbols))}]"
    for key in ("agencies", "symbols"):
        text = text.replace(f'{key} = ["{READER}"]', f"{key} = {lists}")
    config.write_text(text, encoding="utf-8")


def _quoted(text: str) -> str:
    return f'"{text}"'
