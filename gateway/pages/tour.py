"""The tour: a technician's day in ten steps, on the demonstration that `ill-gateway demo` opens.

Everything in it is true of that demonstration: tests/browser/test_tour.py walks the steps.
"""

from typing import Final

import msgspec
from aiohttp import web

from gateway.pages.visit import Visit


class Link(msgspec.Struct, frozen=True):
    """A page that a step begins on."""

    label: str
    address: str


class TourStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step: what to do, one sentence an entry; what one sees then; why it is so."""

    heading: str
    do: tuple[str, ...]
    sees: str
    why: str
    links: tuple[Link, ...] = ()


TODAY: Final = Link("Today", "/")
SCAN: Final = Link("Scan", "/scan")

STEPS: Final = (
    TourStep(
        heading="Look at the day",
        do=("Open “Today”.", "Keep the partner's page beside it: “ill-gateway demo” has printed its address."),
        sees="Two books to fetch, one to ship, one on its way here, one to send back, and two decisions under “Tasks”.",
        why="The start page shows what waits for your hands. Everything else goes on by itself.",
        links=(TODAY,),
    ),
    TourStep(
        heading="Fetch a book, and ship it with one scan",
        do=(
            "Open the pull list. It names the shelf of each book, in the order in which one walks.",
            "You have no books here, so copy the barcode under “Knots Nobody Ties”.",
            "Open “Scan”, put the barcode into the box, and press Enter, as a scanner does.",
        ),
        sees="“Shipped to Sample Valley Library”, with the day on which it is due. On the partner's page the request stands at “Loaned”.",
        why=(
            "One scan checks the book in at your desk, checks it out to the partner, and tells the partner. The due date is"
            " the one that your circulation system gave."
        ),
        links=(Link("Pull list", "/lists/pull"), SCAN),
    ),
    TourStep(
        heading="Ship what is already at the desk",
        do=("Open “To ship”, and copy the barcode of the book.", "Scan it."),
        sees="The same words. Under “This cart” stand both books, and the papers of both are one click away.",
        why="A book that was only checked in yesterday goes the same way. A scan does the next step, whichever that is.",
        links=(Link("To ship", "/lists/to-ship"), SCAN),
    ),
    TourStep(
        heading="Let the partner ask for a renewal",
        do=(
            "On the partner's page, at “The Imaginary Almanac” under “What we have asked for”, press “Ask for a renewal (Renew)”.",
            "Press “Look again” there.",
        ),
        sees="The partner has heard “RenewResponse: yes”, with a later due date. At your desk nothing waits for you.",
        why="Your circulation system decides on renewals by its own rules. You are asked only if it can't.",
        links=(Link("The Almanac", "/requests?q=Almanac"),),
    ),
    TourStep(
        heading="Take a book back",
        do=(
            "On the partner's page, at “The Imaginary Almanac”, press “Send it back (ShippedReturn)”.",
            "Look for the Almanac at your desk, copy its barcode, and scan it.",
        ),
        sees="“Checked in, and the loan to Sample Valley Library is over”, and to which branch the book goes.",
        why="The scan that checks the book in ends the loan, and the partner is told so.",
        links=(Link("The Almanac", "/requests?q=Almanac"), SCAN),
    ),
    TourStep(
        heading="Receive a book that you borrow",
        do=(
            "Open “On its way here”, and copy the number of the request for “Bridges That Changed Their Minds”.",
            "Scan the number; it stands as a bar on the lender's papers.",
        ),
        sees="“Received for a customer at Sample Park”, and which barcode of your own stands for the book.",
        why=(
            "The lender's barcode means nothing to your circulation system. A barcode out of the pool stands for the book, held"
            " for your customer, who finds it on the hold shelf."
        ),
        links=(Link("On its way here", "/lists/to-receive"), SCAN),
    ),
    TourStep(
        heading="Send a book back",
        do=(
            "Open “To send back”, and copy the number of the request for “The Last Lamplighter of Specimen Hills”.",
            "Scan it.",
            "On the partner's page, at the same book under “What we are asked to lend”, press “It is back on our shelf”.",
        ),
        sees="“Sent back to Sample Valley Library”. Once the partner has it, the request is over.",
        why="The same box again. The barcode of the pool rests for a while, and then stands for another book.",
        links=(Link("To send back", "/lists/to-send-back"), SCAN),
    ),
    TourStep(
        heading="Decide",
        do=(
            "Open “Tasks”. Sample Valley Library wants 5.00 USD for “Weather for Beginners, Imagined”.",
            "Press “Accept”. For a minute it can be undone; then the partner is told.",
            "On the partner's page, at the same book, press “Yes, we will send it”.",
        ),
        sees="The task is gone. The request stands at “Promised”.",
        why="A task says what happened and what is proposed. It comes only where a rule of your library does not decide.",
        links=(Link("Tasks", "/tasks"),),
    ),
    TourStep(
        heading="Order a book for a customer",
        do=(
            "Open “New order”. The customer's card is 20000000000105, the title “The Silent Orchestra”, its ISBN 9780000000552.",
            "Choose Sample Park as the pickup branch.",
            "Press “Send the order”.",
            "On the partner's page, at “The Silent Orchestra”, press “No, we don't have it”.",
        ),
        sees="The request asks Specimen Hills Library by itself, which promises the book.",
        why="Lenders are asked one after the other, the likeliest first. You need not watch them.",
        links=(Link("New order", "/orders/new"), Link("The request", "/requests?q=Orchestra")),
    ),
    TourStep(
        heading="See that trouble loses nothing",
        do=(
            "On the partner's page, press “Be away until we behave again”.",
            "Ship “A Field Guide to Nonexistent Birds” from the pull list, as in step 2.",
            "Open its request. For a minute the scan can be undone; then look at “What comes next”.",
            "Once you have read there why the partner does not know yet, press “Behave again” on its page.",
        ),
        sees=(
            "The book is checked out at once, although the partner can't be told. Its request says since when: “it takes"
            " no messages at present”, and when the “Next try” is. Once the partner behaves again, it hears “Loaned” by itself, and once."
        ),
        why="Whoever is away, your work goes on. What must be said waits, and is said when it can be.",
        links=(Link("Pull list", "/lists/pull"), SCAN, Link("The request", "/requests?q=Nonexistent")),
    ),
)


async def show(visit: Visit) -> web.StreamResponse:
    """GET /help/tour."""
    return await visit.show("tour.html", steps=STEPS, is_demonstration=visit.settings.is_demonstration)
