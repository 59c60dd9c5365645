"""The papers of the examples as text, under the names that they have in the house: what they say and how it is printed, at once."""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

from gateway.documents import borrowed, lent, lists, text
from gateway.documents.papers import Paper
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Request
from tests.documents.examples import LIBRARY, PARTNER


def _as_text(made: Callable[..., Paper]) -> Callable[..., str]:
    def print_it(*args: Any) -> str:
        return text.printed([made(*args)])

    return print_it


packing_slip = _as_text(lent.packing_slip)
label = _as_text(lent.shipping_label)
strap = _as_text(lent.strap)
cover_band = _as_text(lent.cover_band)
routing_slip = _as_text(lent.routing_slip)
borrowed_strap = _as_text(borrowed.borrowed_strap)
borrowed_band = _as_text(borrowed.borrowed_band)
return_slip = _as_text(borrowed.return_slip)
return_label = _as_text(borrowed.return_label)


def pull_list(requests: Iterable[Request], zone: tzinfo, library: OurLibrary = LIBRARY) -> str:
    return text.pull_list(lists.pull_slips(requests, {PARTNER.id: PARTNER}, library, zone))
