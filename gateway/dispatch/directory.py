"""Who we know and by what rules we answer: peers, partners and policy, as the store has them.

Read once and again after each change, so that no message waits for a look-up. Agencies are compared by their key.
"""

import asyncio
import copy
from collections import Counter
from datetime import datetime

import msgspec

from gateway.iso18626.values import agency_key
from gateway.partners.merging import by_ids
from gateway.partners.rules import ANY_AGENCY
from gateway.store.directory_port import RecordChange
from gateway.store.port import Store
from gateway.workflow.partners import STRANGER, Partner, Peer
from gateway.workflow.policy import AutoAnswer, Policy


class Directory:
    """What intake, receiving and the performers ask about peers, partners and the policy."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._peers: dict[str, Peer] = {}
        self._grants: dict[str, frozenset[str]] = {}
        self._records: tuple[Partner, ...] = ()
        self._partners: dict[str, Partner] = {}
        self._by_symbol: dict[str, Partner] = {}
        self._brokers: frozenset[str] = frozenset()
        self._refreshing = asyncio.Lock()
        self.policy = Policy()
        self.policy_version = 0

    async def refresh(self) -> None:
        """Read everything again: at the start, and after a change. One at a time, so that the last to read is the last word."""
        async with self._refreshing:
            await self._read()

    async def _read(self) -> None:
        self._peers = {peer.id: peer for peer in await self._store.peers()}
        self._grants = {peer.id: frozenset(map(_grant, peer.agencies)) for peer in self._peers.values()}
        self._records = tuple(await self._store.partners())
        self._partners = by_ids(self._records)
        self._by_symbol = {agency_key(symbol): each for each in self._records for symbol in _names(each)}
        reached = Counter(partner.peer for partner in self._records)
        self._brokers = frozenset(peer for peer in self._peers if reached[peer] > 1 or ANY_AGENCY in self._grants[peer])
        kept = await self._store.policy()
        if kept is not None:
            self.policy_version, document = kept
            self.policy = msgspec.json.decode(document, type=Policy)

    def under(self, policy: Policy) -> "Directory":
        """Return the directory as it stands now, as it would be under another policy; it is not kept up to date."""
        other = copy.copy(self)
        other.policy = policy
        return other

    async def note_refusal(self, peer_id: str, word: str, *, at: datetime) -> None:
        """Keep in a peer's profile that it does not take an action or a status; who changes it back is asked anew.

        Where somebody else changes the directory in this moment, the next refusal will do. Raises StoreUnavailable.
        """
        version = await self._store.directory_version()
        before = next((peer for peer in await self._store.peers() if peer.id == peer_id), None)
        if before is None or word in before.refuses:
            return
        after = msgspec.structs.replace(before, refuses=(*before.refuses, word))
        change, what = RecordChange(before=before, after=after), f"refuses {word}"
        if await self._store.change_directory([change], version=version, at=at, by="gateway", what=what):
            await self.refresh()

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Every peer."""
        return tuple(self._peers.values())

    def peer(self, peer_id: str) -> Peer | None:
        """By id."""
        return self._peers.get(peer_id)

    @property
    def partners(self) -> tuple[Partner, ...]:
        """Every one that is known."""
        return self._records

    def partner(self, partner_id: str | None) -> Partner | None:
        """By id, its own or that of one that was merged into it; None for an unknown one."""
        return None if partner_id is None else self._partners.get(partner_id)

    def partner_of(self, agency: str) -> Partner | None:
        """By any of its symbols, given as `type:value`."""
        return self._by_symbol.get(agency_key(agency))

    def may_act_for(self, peer_id: str, agency: str) -> bool:
        """Whether a peer was granted this requesting agency, as far as requests of its own go (design.md, rule 7).

        A sender that proves nothing may introduce a library that we don't know, and never speak for one that we do.
        """
        if peer_id == STRANGER:
            return self.partner_of(agency) is None
        granted = self._grants.get(peer_id, frozenset())
        return ANY_AGENCY in granted or agency_key(agency) in granted

    def may_ask_for(self, peer_id: str, agency: str) -> bool:
        """Whether a peer may make requests for this agency: "*" stands for none whose partner is reached through another peer."""
        if agency_key(agency) in self._grants.get(peer_id, frozenset()):
            return True
        partner = self.partner_of(agency)
        return self.may_act_for(peer_id, agency) and (partner is None or partner.peer == peer_id)

    def is_broker(self, peer_id: str) -> bool:
        """Whether a peer has several libraries behind it, as far as we know."""
        return peer_id in self._brokers

    def auto_answer(self, partner_id: str | None) -> AutoAnswer:
        """The partner's own setting, else the library's; never by itself for a partner we do not know."""
        partner = self.partner(partner_id)
        if partner is None:
            return AutoAnswer.OFF
        return partner.auto_answer or self.policy.auto_answer


def _names(partner: Partner) -> tuple[str, ...]:
    """All symbols that stand for a partner, those that it only had included."""
    return (*partner.aliases, *partner.symbols)


def _grant(agency: str) -> str:
    return agency if agency == ANY_AGENCY else agency_key(agency)
