"""What looks works up: in our own catalogue, in those of partners, and what directory services tell of them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from gateway.app.ground import Ground
from gateway.catalogue import ladder
from gateway.catalogue.asking import SearchResult
from gateway.catalogue.sources import CatalogueGround, copy_finder
from gateway.dispatch.catalogues import Catalogues, FindWorks, no_works
from gateway.dispatch.directory_services import DirectoryServices
from gateway.dispatch.performers.rota import LookUp, no_holdings
from gateway.dispatch.switched import while_on
from gateway.workflow.finding import CopyFinder
from gateway.workflow.staff import Switch


def make_finder(
    ground: Ground, on_search: Callable[[SearchResult, float, str], None]
) -> AbstractAsyncContextManager[CopyFinder]:
    """Make the way to find copies: our list of items, the catalogue, or both."""
    catalogue = ground.settings.catalogue
    ladder.prepare()
    return copy_finder(
        catalogue.kind,
        catalogue.asked(),
        find_by_keys=ground.store.find_items,
        password=catalogue.password.get_secret_value() if catalogue.password else None,
        on_search=on_search,
        ground=catalogue_ground(ground),
    )


def catalogue_ground(ground: Ground) -> CatalogueGround:
    """Say what any way to a catalogue stands on here."""
    return CatalogueGround(
        now=ground.time.now,
        sleep=ground.time.sleep,
        zone=ground.zone,
        socket_factory=ground.destinations.socket,
        objection=ground.destinations.objection,
    )


def make_catalogues(ground: Ground, on_search: Callable[[SearchResult, float, str], None]) -> Catalogues:
    """Make what asks partners' catalogues."""
    return Catalogues(
        partners=lambda: ground.directory.partners,
        time=ground.time,
        ground=catalogue_ground(ground),
        passwords=ground.security.catalogue_password,
        on_search=on_search,
        deadline_s=ground.settings.borrowing.catalogues.deadline_s,
    )


def make_directories(ground: Ground) -> DirectoryServices:
    """Make what reads partners' directory services."""
    return DirectoryServices(
        (entry.service() for entry in ground.settings.directories),
        store=ground.store,
        time=ground.time,
        our_symbols=ground.settings.library.symbols,
        socket_factory=ground.destinations.socket,
    )


def holdings_of(ground: Ground, catalogues: Catalogues) -> LookUp:
    """Make what asks partners' catalogues who holds a work, as long as that is set up and switched on."""
    if not ground.settings.borrowing.catalogues.ask:
        return no_holdings
    return while_on(ground.store, Switch.PARTNER_CATALOGUES, catalogues.holdings, no_holdings)


def works_of(ground: Ground, catalogues: Catalogues) -> FindWorks:
    """Make what asks them which work is meant, likewise."""
    if not ground.settings.borrowing.catalogues.ask:
        return no_works
    return while_on(ground.store, Switch.PARTNER_CATALOGUES, catalogues.works, no_works)
