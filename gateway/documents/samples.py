"""Made-up papers, visibly fictional: what `ill-gateway papers check` sets, long texts and all."""

from datetime import date
from typing import Final

from gateway.documents.money_samples import OF_MONEY
from gateway.documents.papers import (
    Addressee,
    AnyPaper,
    BorrowedStrap,
    CodeKind,
    CoverBand,
    Letterhead,
    PackingSlip,
    Piece,
    PrintedCode,
    PrintedWork,
    PullSlip,
    ReturnLabel,
    ReturnSlip,
    RoutingSlip,
    ShippingLabel,
    Strap,
    WorklistPaper,
    WorklistRow,
)

_US: Final = Letterhead(
    name="Example Valley Library",
    department="Interlibrary Loan",
    lines=("1 Example Street", "Example Valley, EX 00001", "Exampleland"),
    contact="ill@library.example",
)
_THEM: Final = Addressee(
    name="Sample City Library",
    lines=("2 Sample Square", "Loading dock", "Sample City 00002"),
    courier="Example Courier, stop 7",
)
_ALMANAC: Final = PrintedWork(
    title="The Imaginary Almanac: a most complete and altogether invented account of days that never were",
    author="Invented, Ina",
    edition="2nd edition",
    volume="3",
    article=None,
    article_author=None,
    issue=None,
    pages=None,
)
_ARTICLE: Final = PrintedWork(
    title="Journal of Invented Studies",
    author=None,
    edition=None,
    volume="12",
    article="On Nothing in Particular",
    article_author="Feigned, Fay",
    issue="4",
    pages="101-115",
)
_LENT: Final = PrintedCode(text="L-7K3M9-QXT2B", kind=CodeKind.REQUEST)
_BORROWED: Final = PrintedCode(text="B-27K3M-9QXT2", kind=CodeKind.REQUEST)
_THEIRS: Final = PrintedCode(text="SCL-2026-0077", kind=CodeKind.REQUEST)
_ITEM: Final = PrintedCode(text="30234000517861", kind=CodeKind.OUR_ITEM)
_OTHER_ITEM: Final = PrintedCode(text="33191000105864", kind=CodeKind.OUR_ITEM)
_POOL_ITEM: Final = PrintedCode(text="30000000009013", kind=CodeKind.OUR_ITEM)
_DESK: Final = PrintedCode(text="L-7K3M9-QXT2B", kind=CodeKind.AT_DESK)
_DUE: Final = date(2026, 10, 9)
_CONDITIONS: Final = ("For use in the library only", "No copies may be made")

PULL_SLIP: Final = PullSlip(
    library=_US,
    branch="Main Library",
    call_number="AY31 .I5 2026",
    item=_ITEM,
    work=_ALMANAC,
    is_copy=False,
    level="Rush",
    doubt=None,
    partner="Sample City Library",
    our_request=_LENT,
    at_desk=_DESK,
    needed_by=date(2026, 9, 30),
)
COPY_SLIP: Final = PullSlip(
    library=_US,
    branch="Hill Branch",
    call_number="PER J 12",
    item=_OTHER_ITEM,
    work=_ARTICLE,
    is_copy=True,
    level=None,
    doubt="Several volumes stand under this number: the request names volume 12.",
    partner="Sample City Library",
    our_request=_LENT,
    at_desk=_DESK,
    needed_by=None,
)
SAMPLES: Final[tuple[AnyPaper, ...]] = (
    PULL_SLIP,
    COPY_SLIP,
    Strap(
        library=_US,
        due=_DUE,
        conditions=_CONDITIONS[1:],
        work=_ALMANAC,
        item=_ITEM,
        call_number="AY31 .I5 2026",
        lent_to="Sample City Library",
        their_request=_THEIRS,
        our_request=_LENT,
    ),
    BorrowedStrap(
        library=_US,
        due=_DUE,
        conditions=_CONDITIONS,
        pick_up_at="North Branch",
        customer=None,
        work=_ALMANAC,
        item=_POOL_ITEM,
        our_request=_BORROWED,
    ),
    RoutingSlip(
        library=_US,
        to="North Branch",
        work=_ALMANAC,
        item=_ITEM,
        call_number="AY31 .I5 2026",
        our_request=_LENT,
        at_desk=_DESK,
    ),
    PackingSlip(
        library=_US,
        to=_THEM,
        their_request=_THEIRS,
        our_request=_LENT,
        due=_DUE,
        conditions=_CONDITIONS[1:],
        pieces=(
            Piece(work=_ALMANAC, item=_ITEM, call_number="AY31 .I5 2026"),
            Piece(work=_ALMANAC, item=_OTHER_ITEM, call_number="AY31 .I6 2026", due=date(2026, 10, 12)),
        ),
        comes_back=True,
    ),
    PackingSlip(
        library=_US,
        to=_THEM,
        their_request=_THEIRS,
        our_request=_LENT,
        due=None,
        conditions=(),
        pieces=(Piece(work=_ARTICLE),),
        comes_back=False,
    ),
    ShippingLabel(library=_US, to=_THEM, request=_THEIRS),
    ReturnSlip(
        library=_US,
        to=_THEM,
        their_request=_THEIRS,
        our_request=_BORROWED,
        due=_DUE,
        work=_ALMANAC,
        items=(PrintedCode(text="31168098063892", kind=CodeKind.THEIR_ITEM),),
    ),
    ReturnLabel(library=_US, to=_THEM, request=_THEIRS),
    CoverBand(
        library=_US,
        due=_DUE,
        conditions=_CONDITIONS,
        title=_ALMANAC.title,
        item=_POOL_ITEM,
        our_request=_BORROWED,
    ),
    WorklistPaper(
        library=_US,
        words="The first 2 of 1,234 back from the customer, to send back",
        rows=(
            WorklistRow(
                request=_BORROWED.text,
                title=_ALMANAC.title,
                author=_ALMANAC.author,
                item=_POOL_ITEM.text,
                place="North Branch",
                partner="Sample City Library",
                state="to send back",
                due=_DUE,
                marks=("late",),
            ),
            WorklistRow(
                request="B-2F6H8-QRS4T",
                title=None,
                author=None,
                item=None,
                place=None,
                partner=None,
                state="to send back",
                due=None,
                marks=(),
            ),
        ),
    ),
    *OF_MONEY,
)
"""At least one of each paper."""
