"""A dispute letter says what we dispute and what our records show, and names neither a customer nor one of our people."""

import msgspec

from gateway.documents.invoices import dispute_letter
from gateway.documents.text import printed
from gateway.money.invoices.records import InvoiceState
from tests.money.test_invoice_table import LETTER, invoice


def test_a_letter_has_the_invoice_our_words_and_our_evidence():
    face = msgspec.structs.replace(LETTER, words="It is back.", evidence=("We sent it back on 2026-09-03.",))
    disputed = invoice(InvoiceState.DISPUTED, letter=face, hands=("anna",), verified_by="berta")
    letter = dispute_letter(disputed)
    assert (letter.number, letter.amount, letter.entry, letter.evidence) == (
        "2026/00417",
        "80.00",
        "V-1",
        ("We sent it back on 3 Sep 2026.",),
    )
    text = printed([letter])
    for words in ("DISPUTED INVOICE", "2026/00417 of 2026-10-01", "It is back.", "3 Sep 2026", "Our reference"):
        assert words in text
    for name in ("anna", "berta"):
        assert name not in text
        assert name not in msgspec.json.encode(letter).decode()
