"""Events, effects and records as JSON and back: the only place that does this.

What a released gateway has written is read for ever: tags and fields are never renamed, new fields have
defaults (design.md, rule 8; tests/store/released_rows.json holds one row of every past kind). A field that
this program doesn't know is passed over, so that an older program can read what a newer one wrote.

Decoding raises msgspec.ValidationError on what isn't of the type, msgspec.DecodeError on what isn't JSON.
"""

import msgspec

from gateway.money.events import AnyBillEvent
from gateway.money.invoices.events import AnyInvoiceEvent
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill, Loan, Payment
from gateway.partners.directory_entry import Entry
from gateway.store.borrowing_port import Customer
from gateway.store.copies_port import CopyFile
from gateway.store.port import DoneAct, HistoryEntry
from gateway.store.scans_port import ScanRecord
from gateway.store.told_port import Reading
from gateway.store.values import AnyWork
from gateway.workflow.charges import Price
from gateway.workflow.events import AnyEvent
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Copy, Request
from gateway.workflow.staff import Account, Session

Encodable = (
    Request
    | AnyEvent
    | AnyWork
    | HistoryEntry
    | Customer
    | Peer
    | Partner
    | Copy
    | Account
    | Session
    | ScanRecord
    | DoneAct
    | Price
    | Bill
    | Loan
    | Payment
    | AnyBillEvent
    | Invoice
    | AnyInvoiceEvent
    | CopyFile
    | Entry
    | Reading
)

_ENCODER = msgspec.json.Encoder()

decode_request = msgspec.json.Decoder(Request).decode
decode_event = msgspec.json.Decoder[AnyEvent](AnyEvent).decode
decode_effect = msgspec.json.Decoder[AnyWork](AnyWork).decode
decode_entry = msgspec.json.Decoder(HistoryEntry).decode
decode_peer = msgspec.json.Decoder(Peer).decode
decode_partner = msgspec.json.Decoder(Partner).decode
decode_customer = msgspec.json.Decoder(Customer).decode
decode_done = msgspec.json.Decoder(DoneAct).decode
decode_scan = msgspec.json.Decoder(ScanRecord).decode
decode_bill = msgspec.json.Decoder(Bill).decode
decode_loan = msgspec.json.Decoder(Loan).decode
decode_payment = msgspec.json.Decoder(Payment).decode
decode_bill_event = msgspec.json.Decoder[AnyBillEvent](AnyBillEvent).decode
decode_invoice = msgspec.json.Decoder(Invoice).decode
decode_invoice_event = msgspec.json.Decoder[AnyInvoiceEvent](AnyInvoiceEvent).decode
decode_copy_file = msgspec.json.Decoder(CopyFile).decode
decode_price = msgspec.json.Decoder(Price).decode
decode_entry_told = msgspec.json.Decoder(Entry).decode
decode_reading = msgspec.json.Decoder(Reading).decode
decode_copy = msgspec.json.Decoder(Copy).decode
decode_account = msgspec.json.Decoder(Account).decode
decode_session = msgspec.json.Decoder(Session).decode
decode_repairs = msgspec.json.Decoder(tuple[str, ...]).decode


def encode(value: Encodable) -> str:
    """Return a value's JSON: of an event and an effect with its tag, of all without the fields left at their defaults."""
    return _ENCODER.encode(value).decode()


def encode_repairs(repairs: tuple[str, ...]) -> str:
    """Return the JSON of a message's repairs."""
    return _ENCODER.encode(repairs).decode()
