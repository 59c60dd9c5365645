"""What there is before anything runs: made of the settings alone, and shared by all that is built on it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry

from gateway import __version__
from gateway.clock import TimeSource
from gateway.config import Settings
from gateway.dispatch.directory import Directory
from gateway.dispatch.fault_tally import FaultTally
from gateway.dispatch.peer_security import PeerSecurity
from gateway.mapping.circulation import Terminal
from gateway.metrics import Metrics
from gateway.outgoing import Destinations
from gateway.right_of_way import RightOfWay
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.workflow.partners import OurLibrary


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the parts share. The store is not open yet, and the directory empty until it is refreshed."""

    settings: Settings
    time: TimeSource
    store: Store
    directory: Directory
    destinations: Destinations
    security: PeerSecurity
    tally: FaultTally
    registry: CollectorRegistry
    metrics: Metrics
    zone: ZoneInfo
    terminal: Terminal
    library: OurLibrary
    right_of_way: RightOfWay
    """Partners' messages have it, before pages."""

    @property
    def owner(self) -> str:
        """The name under which this gateway leases work and holds seats."""
        return self.settings.store.instance


def lay(settings: Settings, time: TimeSource) -> Ground:
    """Make the ground of one gateway. Nothing is opened, and nothing runs."""
    store = open_store(settings.store_url().get_secret_value())
    registry = CollectorRegistry()
    zone = ZoneInfo(settings.library.time_zone)
    destinations = Destinations(settings.outgoing.allowed_networks)
    return Ground(
        settings=settings,
        time=time,
        store=store,
        directory=Directory(store),
        destinations=destinations,
        security=PeerSecurity(settings, destinations),
        tally=FaultTally(store, time.now),
        registry=registry,
        metrics=Metrics(registry, version=__version__),
        zone=zone,
        terminal=_terminal(settings, zone),
        right_of_way=RightOfWay(),
        library=OurLibrary(
            name=settings.library.name,
            address=settings.return_address(),
            branches={code: branch.name for code, branch in settings.branches.items()},
        ),
    )


def _terminal(settings: Settings, zone: ZoneInfo) -> Terminal:
    return Terminal(
        profile=settings.acs_profile(),
        zone=zone,
        location=settings.acs.location,
        pickup=settings.pickup_branch(),
    )
