"""Whether an item that is to be billed has come back: 17, which changes nothing."""

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.results import BillHappened, BillResult, nothing_done
from gateway.mapping.billed_items import seen_of
from gateway.mapping.circulation import LookKind
from gateway.money.effects import AskItem
from gateway.money.events import BillItemSeen
from gateway.sip2.errors import NotSent, Unknown


class BillItems:
    """Asks about one item."""

    def __init__(self, *, acs: Acs, time: TimeSource) -> None:
        self._acs = acs
        self._time = time

    async def ask(self, effect: AskItem) -> BillResult:
        """Ask 17 about the item of a bill."""
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=effect.item_barcode)
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        seen, words = seen_of(reply)
        return BillHappened(event=BillItemSeen(at=self._time.now(), seen=seen, words=f"{words}."))
