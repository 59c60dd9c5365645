"""Help: keys, what states and acts mean, what each alert means. Its words are those of the tables (desk/help.py)."""

from typing import Final

from aiohttp import web

from gateway.desk.help import show_help
from gateway.pages.navigation import GROUPS
from gateway.pages.scan import MODES
from gateway.pages.visit import Visit

KEYS: Final = (
    *((place.key, place.label) for group in GROUPS for place in group.places if place.key),
    ("/", "The box “Find or do”, from wherever you are"),
    ("Esc", "Close a menu"),
)
"""On every page: those of the places on the left, and what the frame does."""
SCAN_KEYS: Final = (
    *((mode.key, f"{mode.label}: {mode.does}") for mode in MODES),
    ("u", "Undo the newest scan, within a minute"),
    ("a", "Take the same code once more: within a minute it would do nothing"),
    ("p", "The papers of this cart"),
    ("n", "A new cart"),
    ("s", "Sounds on or off"),
)
"""On the scan page, typed into the box with Enter behind; where acts are offered, their numbers go before those of modes."""
ROLES: Final = {"lending": "We lend", "borrowing": "We borrow"}


async def show(visit: Visit) -> web.StreamResponse:
    """GET /help."""
    told = await show_help(visit.desk, visit.caller)
    return await visit.show("help.html", told=told, keys=KEYS, scan_keys=SCAN_KEYS, names=ROLES)
