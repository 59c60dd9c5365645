"""Made-up papers about money, visibly fictional."""

from datetime import date
from typing import Final

from gateway.documents.papers import (
    Addressee,
    BillItem,
    CreditNote,
    DisputeLetter,
    InvoicePaper,
    Letterhead,
    OpenBillLine,
    PaperBillLine,
    ReminderLetter,
    StatementPaper,
    StatementRow,
)

_US: Final = Letterhead(
    name="Example Valley Library",
    department="Interlibrary Loan",
    lines=("1 Example Street", "Example Valley, EX 00001", "Exampleland"),
    contact="ill@library.example",
)
_THEM: Final = Addressee(name="Sample City Library", lines=("Accounts payable", "2 Sample Square", "Sample City 00002"))
_ITEM: Final = BillItem(
    title="The Imaginary Almanac: a most complete and altogether invented account of days that never were",
    author="Invented, Ina",
    call_number="AY31 .I5 2026",
    barcode="30234000517861",
    our_request="L-7K3M9-QXT2B",
    their_request="SCL-2026-0077",
    shipped=date(2026, 6, 3),
    due=date(2026, 7, 15),
    notice=date(2026, 7, 16),
)
_LINES: Final = (
    PaperBillLine(words="Replacement of the item", amount="1,075.00", item=_ITEM),
    PaperBillLine(words="Processing", amount="15.00"),
    PaperBillLine(words="Tax 8.25 %", amount="89.93"),
)
_PAY_TO: Final = ("Example Valley Library", "Accounting, 1 Example Street", "Example Valley, EX 00001")
_WAYS: Final = ("By check to the address beside this", "By ACH: routing 000000000, account 000000000", "By IFM")

INVOICE: Final = InvoicePaper(
    library=_US,
    to=_THEM,
    number="INV-2027-00012",
    dated=date(2026, 9, 1),
    currency="USD",
    tax_id="00-0000000",
    reference="PO 4711",
    due=date(2026, 10, 1),
    terms="Net 30 days",
    lines=_LINES,
    total="1,179.93",
    paid="0.00",
    balance="1,179.93",
    if_returned="If the item comes back, its replacement price is credited; other charges stay.",
    remit_to=_PAY_TO,
    ways_to_pay=_WAYS,
)
CREDIT_NOTE: Final = CreditNote(
    library=_US,
    to=_THEM,
    number="CN-2027-00003",
    dated=date(2026, 10, 5),
    currency="USD",
    tax_id="00-0000000",
    reference="PO 4711",
    corrects="INV-2027-00012",
    lines=(PaperBillLine(words="Credit: Replacement of the item", amount="1,075.00", item=_ITEM),),
    total="1,075.00",
)
REMINDER: Final = ReminderLetter(
    library=_US,
    to=_THEM,
    number="INV-2027-00012",
    dated=date(2026, 10, 2),
    currency="USD",
    tax_id="00-0000000",
    reference="PO 4711",
    which="First reminder",
    invoice_dated=date(2026, 9, 1),
    due=date(2026, 10, 1),
    words="Our records show this invoice as unpaid. If it is on its way, please set this letter aside.",
    lines=_LINES,
    total="1,179.93",
    paid="100.00",
    balance="1,079.93",
    remit_to=_PAY_TO,
    ways_to_pay=_WAYS,
)
STATEMENT: Final = StatementPaper(
    library=_US,
    to=_THEM,
    number="2026-10-31 USD",
    dated=date(2026, 10, 31),
    currency="USD",
    tax_id="00-0000000",
    reference="PO 4711",
    since=date(2026, 7, 1),
    until=date(2026, 10, 31),
    opening="40.00",
    rows=(
        StatementRow(day=date(2026, 8, 3), words="Payment", amount="-40.00", balance="0.00"),
        StatementRow(day=date(2026, 9, 1), words="Invoice INV-2027-00012", amount="1,179.93", balance="1,179.93"),
        StatementRow(day=date(2026, 9, 20), words="Payment INV-2027-00012", amount="-100.00", balance="1,079.93"),
    ),
    closing="1,079.93",
    bills=(
        OpenBillLine(
            number="INV-2027-00012",
            dated=date(2026, 9, 1),
            due=date(2026, 10, 1),
            total="1,179.93",
            balance="1,079.93",
            age="60 to 89 days",
        ),
    ),
    ages=(
        PaperBillLine(words="Under 30 days", amount="0.00"),
        PaperBillLine(words="30 to 59 days", amount="0.00"),
        PaperBillLine(words="60 to 89 days", amount="1,079.93"),
        PaperBillLine(words="90 days and more", amount="0.00"),
        PaperBillLine(words="All of them", amount="1,079.93"),
    ),
    remit_to=_PAY_TO,
    ways_to_pay=_WAYS,
)
DISPUTE: Final = DisputeLetter(
    library=_US,
    to=_THEM,
    number="2026/00417",
    dated=date(2026, 10, 12),
    currency="USD",
    entry="V-7K3M9-QXT2B",
    invoice_dated=date(2026, 10, 5),
    kind="lost",
    amount="120.00",
    title="The Imaginary Almanac: a most complete and altogether invented account of days that never were",
    our_request="B-7K3M9-QXT2B",
    words="The book is not lost: we sent it back before your invoice, and you confirmed its return.",
    evidence=(
        "We sent it back on 2026-09-03; its return was confirmed on 2026-09-09.",
        "Invoice 2026/00388 of 2026-09-20 asks for the same about this request.",
    ),
)
OF_MONEY: Final = (INVOICE, CREDIT_NOTE, STATEMENT, REMINDER, DISPUTE)
