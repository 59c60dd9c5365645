"""What several places of the settings must agree on. Works on the tables as they were read, so that these mistakes are
found in the same go as the others; whatever isn't of its kind is passed over here, the models tell of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from gateway.config import profile
from gateway.config.desk import DeskSection
from gateway.config.keys import Path, table
from gateway.config.sections import ApiSection, HttpSection, OperationsSection
from gateway.config.wording import Mistake
from gateway.iso18626.values import agency_key
from gateway.outgoing import Destinations

Tables = dict[str, Any]


def contradictions(data: Tables) -> Iterator[Mistake]:
    """Every mistake that shows only between keys."""
    for check in _CHECKS:
        yield from check(data)


def _ids_are_unique(data: Tables) -> Iterator[Mistake]:
    for section in ("peers", "partners"):
        yield from _repeated(section, ((number, "id", entry.get("id")) for number, entry in _entries(data, section)))


def _symbols_are_unique(data: Tables) -> Iterator[Mistake]:
    yield from _repeated(
        "partners",
        (
            (number, "symbols", agency_key(symbol))
            for number, entry in _entries(data, "partners")
            for symbol in _texts(entry.get("symbols"))
        ),
    )


def _repeated(section: str, values: Iterable[tuple[int, str, Any]]) -> Iterator[Mistake]:
    values = [(number, key, value) for number, key, value in values if isinstance(value, str)]
    counts = Counter(value for _, _, value in values)
    seen: set[str] = set()
    for number, key, value in values:
        if counts[value] > 1 and value in seen:
            yield Mistake((section, number, key), f'"{value}" is taken by another entry')
        seen.add(value)


def _partners_have_peers(data: Tables) -> Iterator[Mistake]:
    """A partner's peer exists and was granted the partner's symbols, else none of its messages would be heeded."""
    agencies = {str(entry.get("id")): _texts(entry.get("agencies")) for _, entry in _entries(data, "peers")}
    for number, partner in _entries(data, "partners"):
        peer = partner.get("peer")
        if not isinstance(peer, str):
            continue
        if peer not in agencies:
            yield Mistake(("partners", number, "peer"), f'there is no peer "{peer}"')
            continue
        granted = {agency_key(agency) for agency in agencies[peer]}
        for symbol in _texts(partner.get("symbols")):
            if "*" not in agencies[peer] and agency_key(symbol) not in granted:
                yield Mistake(("partners", number, "symbols"), f'"{symbol}" is not among the agencies of its peer')


def _policy_names_exist(data: Tables) -> Iterator[Mistake]:
    partners = {str(entry.get("id")) for _, entry in _entries(data, "partners")}
    groups = {group for _, entry in _entries(data, "partners") for group in _texts(entry.get("groups"))}
    branches = table(data, "branches")
    lines = table(data, "policy").get("lines")
    for number, line in _numbered(lines):
        path: Path = ("policy", "lines", number)
        for partner in _texts(line.get("partners")):
            if partner not in partners:
                yield Mistake((*path, "partners"), f'there is no partner "{partner}"')
        for group in _texts(line.get("groups")):
            if group not in groups:
                yield Mistake((*path, "groups"), f'no partner is in a group "{group}"')
        for branch in _texts(line.get("branches")):
            if branches and branch not in branches:
                yield Mistake((*path, "branches"), f'there is no branch "{branch}"')
    for branch in _texts(table(data, "policy").get("branch_order")):
        if branches and branch not in branches:
            yield Mistake(("policy", "branch_order"), f'there is no branch "{branch}"')


def _pickup_branches_exist(data: Tables) -> Iterator[Mistake]:
    """Where a customer may pick something up is a branch, if the file names any."""
    branches, own = table(data, "branches"), table(data, "borrowing")
    named = [("pickup_branches", each) for each in _texts(own.get("pickup_branches"))]
    named += [("ranges", each) for each in table(own, "ranges")]
    if isinstance(own.get("default_pickup"), str):
        named.append(("default_pickup", own["default_pickup"]))
    for key, branch in named:
        if branches and branch not in branches:
            yield Mistake(("borrowing", key), f'there is no branch "{branch}"')


def _overrides_fit_the_profile(data: Tables) -> Iterator[Mistake]:
    for key, words in profile.mistakes(table(table(data, "acs"), "overrides")):
        yield Mistake(("acs", "overrides", key), words)


def _certificates_can_be_checked(data: Tables) -> Iterator[Mistake]:
    client_ca = table(table(data, "http"), "tls").get("client_ca")
    for number, peer in _entries(data, "peers"):
        if "certificate" in table(peer, "inbound") and client_ca is None:
            yield Mistake(
                ("peers", number, "inbound", "certificate"),
                "no certificate is ever asked for without http.tls.client_ca",
            )


def _listeners_are_apart(data: Tables) -> Iterator[Mistake]:
    defaults = {
        "http": HttpSection().port,
        "api": ApiSection().port,
        "operations": OperationsSection().port,
        "desk": DeskSection().port,
    }
    ports = {section: str(table(data, section).get("port", port)) for section, port in defaults.items()}
    for section, port in ports.items():
        others = [other for other in ports if other < section and ports[other] == port]
        if others and port != "0":
            yield Mistake((section, "port"), f"{port} is the port of {others[0]} too")


def _addresses_can_be_connected_to(data: Tables) -> Iterator[Mistake]:
    """What is no name can be judged here; a name is, once it is connected to."""
    allowed = _texts(table(data, "outgoing").get("allowed_networks"))
    try:
        destinations = Destinations(allowed)
    except ValueError:
        return
    urls = [(("peers", number, "url"), peer.get("url")) for number, peer in _entries(data, "peers")]
    for path, url in (*urls, (("catalogue", "url"), table(data, "catalogue").get("url"))):
        words = destinations.url_objection(url) if isinstance(url, str) else None
        if words is not None:
            yield Mistake(path, f"leads to {words}; if that is meant, name it in outgoing.allowed_networks")


def _secrets_that_go_out_exist(data: Tables) -> Iterator[Mistake]:
    for name in table(table(data, "outgoing"), "secrets"):
        if name not in table(data, "secrets"):
            yield Mistake(("outgoing", "secrets", name), f"[secrets] has no {name}")


def _sqlite_needs_no_password(data: Tables) -> Iterator[Mistake]:
    store = table(data, "store")
    if "password" in store and not str(store.get("url", "")).startswith("postgresql:"):
        yield Mistake(("store", "password"), "only a postgresql:// store takes a password")


_CHECKS: Final[tuple[Callable[[Tables], Iterator[Mistake]], ...]] = (
    _ids_are_unique,
    _symbols_are_unique,
    _partners_have_peers,
    _policy_names_exist,
    _pickup_branches_exist,
    _overrides_fit_the_profile,
    _certificates_can_be_checked,
    _listeners_are_apart,
    _addresses_can_be_connected_to,
    _secrets_that_go_out_exist,
    _sqlite_needs_no_password,
)


def _entries(data: Tables, section: str) -> Iterator[tuple[int, Tables]]:
    return _numbered(data.get(section))


def _numbered(entries: Any) -> Iterator[tuple[int, Tables]]:
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield number, entry


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
