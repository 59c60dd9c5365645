"""Two records that are one library: the one takes the other's symbols, and what still names the other means it. Pure."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from gateway.iso18626.values import agency_key
from gateway.workflow.partners import Partner


def by_ids(partners: Iterable[Partner]) -> dict[str, Partner]:
    """Return partners by their ids, and by the ids of those that were merged into them."""
    known = list(partners)
    former = {name: partner for partner in known for name in partner.merged}
    return former | {partner.id: partner for partner in known}


def ids_of(partner_id: str, partners: Mapping[str, Partner]) -> tuple[str, ...]:
    """Return the ids by which a partner is kept in requests and invoices: its own first, then those of what was merged into it."""
    record = partners.get(partner_id)
    return (record.id, *record.merged) if record else (partner_id,)


def is_among(partner: Partner, ids: Collection[str]) -> bool:
    """Say whether one of these ids is the partner's, by its record of now or by one that was merged into it."""
    return any(name in ids for name in (partner.id, *partner.merged))


def id_fault(partner: Partner, others: Iterable[Partner]) -> str | None:
    """Say that an id stands for another record: requests and bills of before would be taken for the new one's."""
    owner = next((each for each in others if partner.id in each.merged and each.id != partner.id), None)
    return f"“{partner.id}” was merged into {owner.name}: take another one" if owner else None


def absorbed(into: Partner, merged: Partner) -> Partner:
    """Return a record with the symbols and the ids of another, all else as it was."""
    own = {agency_key(symbol) for symbol in (*into.symbols, *into.aliases)}
    others = [symbol for symbol in (*merged.symbols, *merged.aliases) if agency_key(symbol) not in own]
    ids = dict.fromkeys((*into.merged, merged.id, *merged.merged))
    return msgspec.structs.replace(into, aliases=(*into.aliases, *others), merged=tuple(ids))
