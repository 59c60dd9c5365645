"""A note that tells of the customer is found out, however it is written; numbers of books, dates and requests are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, isbn, issn

from gateway.mapping.privacy import CustomerData, Personal, known_of, personal_data_in
from gateway.sip2.codec import decode

JO = CustomerData(
    barcodes=("29999000001234",),
    names=("Doe, Jo Ann",),
    emails=("jo.doe@mail.example.org",),
    phones=("+1 (312) 555-0142 ext. 7",),
)


def found(note: str, customer: CustomerData = JO) -> list[Personal]:
    return list(personal_data_in(note, customer))


@pytest.mark.parametrize(
    "note",
    [
        "29999000001234",
        "card 2999 9000 0012 34, please",
        "2-9999-00000-1234",
        "A29999000001234B",
        "*29999000001234*",
        "for:29999000001234.",
        "2999\u200b9000001234",
    ],
)
def test_the_barcode_is_found_in_any_grouping(note):
    assert found(note) == [Personal.BARCODE]


@pytest.mark.parametrize("zero", ["\uff10", "\u0660"])
def test_the_barcode_is_found_in_the_digits_of_any_script(zero):
    written = "".join(chr(ord(zero) + int(digit)) for digit in JO.barcodes[0])
    assert found(written) == [Personal.BARCODE]


@pytest.mark.parametrize(
    "note",
    [
        "For Jo Doe",
        "DOE, JO",
        "doe jo ann",
        "Jo A. Doe wants it",
        "Doe/Jo",
        "Jo de Doe",
        "Jö Döe",
        "Ann Doe",
        "J. Doe",
        "Doe, J.",
        "Doe J",
        "ask Mrs. Doe",
        "jodoe",
        "DoeJo",
        "Jo-Doe",
        "jo_doe",
    ],
)
def test_the_name_is_found_in_any_order_and_with_initials(note):
    assert found(note) == [Personal.NAME]


@pytest.mark.parametrize(
    "note",
    [
        "jo.doe@mail.example.org",
        "<Jo.Doe@Mail.Example.Org>",
        "mailto:jo.doe+books@mail.example.org",
        "-jo.doe@mail.example.org.",
        "jo.doe @ mail.example.org",
        "jo.doe (at) mail dot example dot org",
        "jo . doe [at] mail.example.org",
    ],
)
def test_the_e_mail_is_found_however_it_is_disguised(note):
    assert Personal.EMAIL in found(note)


@pytest.mark.parametrize(
    "note",
    [
        "312-555-0142",
        "(312) 555-0142",
        "+1 312 555 0142",
        "001.312.555.0142",
        "011 1 312 555 0142",
        "3125550142",
        "555-0142",
        "call 555 0142 after 5",
        "tel3125550142",
        "2026-11-24 312/555-0142",
        "312\u2013555\u20130142",
    ],
)
def test_the_phone_is_found_with_or_without_its_codes(note):
    assert found(note) == [Personal.PHONE]


@pytest.mark.parametrize("note", ["089 5550142", "+49 (0)89 555 01 42", "0049 89/5550142", "(0)89-5550142"])
def test_a_trunk_zero_makes_no_other_phone(note):
    assert found(note, CustomerData(phones=("+49 89 5550142",))) == [Personal.PHONE]


def test_everything_is_told_at_once_and_in_order():
    note = "555-0142, jo.doe@mail.example.org, Jo Doe, 29999000001234"
    assert found(note) == [Personal.BARCODE, Personal.NAME, Personal.EMAIL, Personal.PHONE]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "Please send the edition of 2021, ISBN 978-0-306-40615-7, by 2026-12-24.",
        "Volume 12, issue 3, pages 117-131; ISSN 0378-5955",
        "Your request EXV-2026-0000123 of 24.11.2026 15:30",
        "Item 30234000517861 is damaged: a doe on the cover",
        "129999000001234, 299990000012345, X29999000001234",
        "A doe. I doe not.",
        "Jo will pack it",
        "Doe again",
        "john.doe@mail.example.org",
        "312-555-0143",
        "Call the desk: 312-555-0100",
    ],
)
def test_what_is_not_the_customers_is_let_through(note):
    assert found(note) == []


@pytest.mark.parametrize(
    "note", ["jo.doe@mail.example.orgs", "xjo.doe@mail.example.org", "jo.doe@example.org", "jo.doe"]
)
def test_another_mailbox_is_not_the_customers(note):
    assert found(note, CustomerData(emails=JO.emails)) == []


@pytest.mark.parametrize(
    ("name", "note", "hit"),
    [
        ("Plato", "for Plato", True),
        ("Bo", "for Bo", False),
        ("Bo", "for Mr Bo", True),
        ("O'Brien, Pat", "Pat O\u2019Brien", True),
        ("van der Example, Ina", "Ina Example", True),
        ("van der Example, Ina", "van der Valk", False),
        ("", "anything", False),
        ("J. D.", "J. D.", False),
    ],
)
def test_names_of_one_word_with_particles_and_of_nothing(name, note, hit):
    assert found(note, CustomerData(names=(name,))) == ([Personal.NAME] if hit else [])


@pytest.mark.parametrize(
    "customer",
    [
        CustomerData(),
        CustomerData(barcodes=("",), names=(" ",), emails=("",), phones=("",)),
        CustomerData(barcodes=("12",), names=("-",), emails=("@", "nobody", "@example.org"), phones=("911",)),
    ],
)
def test_what_is_not_known_of_a_customer_is_never_found(customer):
    assert found("12 nobody @ 911 - @example.org", customer) == []


def test_a_64_tells_what_is_known_of_a_customer():
    text = f"64{' ' * 14}00020261124    120000{'0' * 24}AOEX|AA29999000001234|AEDoe, Jo Ann|BEjo.doe@mail.example.org|BF555-0142|BF|BLY|"
    assert known_of(decode(text.encode("cp850"))).phones == ("555-0142",)
    note = "Jo Doe, card 29999000001234, jo.doe@mail.example.org or 312-555-0142"
    assert found(note, known_of(decode(text.encode("cp850")))) == list(Personal)


def test_a_64_that_tells_nothing_gives_nothing_to_look_for():
    reply = decode(f"64{' ' * 14}00020261124    120000AOEX|AA|AE|".encode())
    assert known_of(reply) == CustomerData()


def test_nothing_of_a_customer_is_ever_shown():
    assert repr(JO) == str(JO) == f"{JO}" == "CustomerData(…)"


_digits = st.text("0123456789", min_size=1, max_size=1)
_noise = st.text(" .-", max_size=2)
_around = st.text(" ,;:()\n", max_size=5)


@given(st.text("0123456789", min_size=13, max_size=13), st.lists(_noise, min_size=13, max_size=13), _around, _around)
def test_any_barcode_is_found_with_any_noise(digits, noise, before, after):
    barcode = f"2{digits}"
    written = "".join(digit + gap for digit, gap in zip(barcode, [*noise, ""], strict=True))
    assert Personal.BARCODE in found(f"{before}{written}{after}", CustomerData(barcodes=(barcode,)))


@given(
    st.from_regex(r"[2-9]\d{9}", fullmatch=True),
    st.sampled_from(["", "+1 ", "001-", "1."]),
    st.text(" .-/", min_size=1, max_size=2),
)
def test_any_phone_is_found_with_any_grouping(digits, prefix, gap):
    written = f"{prefix}({digits[:3]}){gap}{digits[3:6]}{gap}{digits[6:]}"
    assert found(f"call {written}, please", CustomerData(phones=(digits,))) == [Personal.PHONE]


_name = st.text("bcdfghjkmnpqstvwxyzäöüé", min_size=4, max_size=10).map(str.capitalize)


@given(
    _name,
    _name,
    st.sampled_from(["{0} {1}", "{1}, {0}", "{0} Q. {1}", "{1} / {0}"]),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_any_name_is_found_in_any_order_and_case(first, last, form, case):
    note = case(f"for {form.format(first, last)} at the desk")
    assert found(note, CustomerData(names=(f"{last}, {first}",))) == [Personal.NAME]


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**7 - 1), st.dates(), st.integers(1, 10**6))
def test_numbers_of_books_dates_and_requests_are_no_customers(number, serial, day, request):
    book, journal = f"978{number:09}", f"{serial:07}"
    book += ean.calc_check_digit(book)
    note = (
        f"ISBN {isbn.format(book)}, {isbn.to_isbn10(book)}; "
        f"ISSN {journal[:4]}-{journal[4:]}{issn.calc_check_digit(journal)}; {day.isoformat()}, EXV-{request:07}"
    )
    assert found(note, CustomerData(barcodes=("29999000001234",), names=("Doe, Jo",), phones=("312-555-0142",))) == []


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_any_text_can_be_looked_at(note, barcode, name, email, phone):
    customer = CustomerData(barcodes=(barcode,), names=(name,), emails=(email,), phones=(phone,))
    assert set(found(note, customer)) <= set(Personal)
