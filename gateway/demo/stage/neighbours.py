"""Two libraries that lend to each other, each with a gateway and an ACS of its own, and the demonstration partner beside them.

    with Neighbours(directory) as both:
        both.valley     # Example Valley Library: a Stack, with the partner; it has a pool of barcodes, and borrows
        both.hills      # Specimen Hills Library: it has works that the other lacks, and lends

Only sockets and files are between them: ISO 18626 one way and the other, and each gateway's SIP2 to its own ACS.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.demo.stage.house import House, start_together, stop_together
from gateway.demo.stage.processes import Process
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import HILLS, VALLEY, HousePorts, Ports, Secrets, neighbour_of


class Neighbours:
    """Five processes in a directory; `with` starts them and stops them. Further arguments go to the partner as they are.

    Raises Trouble where something does not start or stop.
    """

    def __init__(
        self,
        directory: Path,
        *,
        ports: Ports | None = None,
        partner_arguments: Sequence[str] = (),
    ) -> None:
        self.directory = directory
        ports, hills_ports = ports or Ports.free(), HousePorts.free()
        of_valley, of_hills = secrets.token_hex(16), secrets.token_hex(16)
        hills = neighbour_of(HILLS, hills_ports.peers, shows=of_hills, is_shown=of_valley)
        valley = neighbour_of(VALLEY, ports.peers, shows=of_valley, is_shown=of_hills)
        self.valley = Stack(directory / "valley", ports=ports, neighbours=[hills], partner_arguments=partner_arguments)
        self.hills = House(
            directory / "hills",
            ports=hills_ports,
            secrets=Secrets.drawn(),
            correspondents=[valley],
            library=HILLS,
        )

    @property
    def processes(self) -> tuple[Process, ...]:
        """All five."""
        return (*self.hills.processes, *self.valley.processes)

    def __enter__(self) -> Self:
        """Start all at once, and wait until each serves; or leave nothing running."""
        start_together(self.processes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all. Trouble of the stop is told where there was none before."""
        stop_together(self.processes, is_lost=error is not None)
