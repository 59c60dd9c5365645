"""Which messages a circulation system does: what BX of its 98s says, against what it has shown. Pure.

The rule, the strongest first (sip2.md, "What it can't do": BX tells "where it is sent and right; configuration overrides it"):

1. Configuration, where it says anything (`Profile.supports`, which `Lines` ask before this).
2. A message that was answered with sense is done, until an answer to it is lost while BX denies it.
3. BX, by the majority of what was settled, the 98 before and this one: so a word that is new counts when it was said twice
   running, and whoever hears it once asks again (`in_doubt`). Denied is only what has an N: a BX too short, or with
   other letters, denies nothing.

Why twice, and not by checksum or length: the sums of some systems are always wrong (sip2.md, "The wire"), and a 98 of the right
form may be wrong all the same, as from a server that is half up (sip2.md, "Meaning": one negative answer is not proof).
"""

import msgspec

from gateway.sip2.codec import Checksum, Reply
from gateway.sip2.session import BX_ORDER, AcsStatus


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one circulation system's messages, by their codes."""

    denied: frozenset[str] = frozenset()
    """What BX denies, as it counts."""
    last: frozenset[str] = frozenset()
    """What the last BX denied."""
    shown: frozenset[str] = frozenset()
    """What was answered with sense."""

    def told(self, status: AcsStatus) -> "Support":
        """One 98 more."""
        now = frozenset(code for code in BX_ORDER if status.supports(code) is False)
        twice = (self.denied & self.last) | (self.denied & now) | (self.last & now)
        return msgspec.structs.replace(self, denied=twice, last=now)

    def answered(self, code: str, reply: Reply) -> "Support":
        """A request of this code got its reply."""
        return msgspec.structs.replace(self, shown=self.shown | {code}) if makes_sense(reply) else self

    def lost(self, code: str) -> "Support":
        """A request of this code got none."""
        return msgspec.structs.replace(self, shown=self.shown - ({code} & self.denied))

    @property
    def in_doubt(self) -> bool:
        """Whether the last 98 said what does not count yet and would make a difference."""
        return not (self.last ^ self.denied) <= self.shown

    def says(self, code: str) -> bool | None:
        """Whether the message is done; None where nothing that counts tells."""
        if code in self.shown:
            return True
        return False if code in self.denied else None


def makes_sense(reply: Reply) -> bool:
    """Whether a reply shows that its request was understood: an item by its title, a valid customer, an act that is ok.

    A refusal does not: it may be all that a system has to say to a message that it does not know.
    """
    if reply.checksum is Checksum.BAD:
        return False
    match reply.code:
        case "18":
            return bool(reply.first("AJ"))
        case "24" | "64":
            return reply.first("BL") == "Y"
    return reply.fixed.get("ok") == "1"
