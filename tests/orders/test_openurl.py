"""OpenURLs as databases, catalogues and forms send them; nothing but an empty one is refused."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.orders.citation import Citation, NothingToIdentifyError
from gateway.orders.openurl import LENGTH_MAX, NOTE_MAX, read_openurl
from gateway.workflow.values import Identifier, Wanted

JOURNAL = "info:ofi/fmt:kev:mtx:journal"
BOOK = "info:ofi/fmt:kev:mtx:book"


def read(*pairs: tuple[str, str]) -> Citation:
    return read_openurl("https://resolver.example.org/ask?" + urlencode(pairs))


def number(citation: Citation) -> list[tuple[str, str]]:
    return [(each.code, each.value) for each in citation.wanted.identifiers]


def test_an_article_by_the_keys_of_1_0():
    link = (
        "https://resolver.example.org/ask?url_ver=Z39.88-2004&ctx_ver=Z39.88-2004&ctx_enc=info:ofi/enc:UTF-8"
        f"&rft_val_fmt={JOURNAL}&rft.genre=article&rft.jtitle=Journal+of+Imaginary+Facts&rft.atitle=On%20Caf%C3%A9s"
        "&rft.aulast=Invented&rft.aufirst=Ina&rft.date=2024-03&rft.volume=12&rft.issue=3&rft.spage=117&rft.epage=131"
        "&rft.issn=0378-5955&rft_id=info:doi/10.1000/182&rfr_id=info:sid/example.org:base"
    )
    assert read_openurl(link) == Citation(
        wanted=Wanted(
            title="Journal of Imaginary Facts",
            identifiers=(Identifier(code="ISSN", value="03785955"), Identifier(code="DOI", value="10.1000/182")),
            volumes=("12",),
            issue="3",
            pages="117-131",
            article_title="On Cafés",
            article_author="Invented, Ina",
            published="2024-03",
        ),
        service=ServiceType.COPY,
        note="rfr_id: info:sid/example.org:base",
    )


def test_a_book_by_the_keys_of_0_1():
    query = "sid=EX:base&genre=book&isbn=0306406152&title=The+Imaginary+Almanac&aulast=Invented&auinit=I&date=1999"
    assert read_openurl(query) == Citation(
        wanted=Wanted(
            title="The Imaginary Almanac",
            author="Invented, I",
            identifiers=(Identifier(code="ISBN", value="9780306406157"),),
            published="1999",
        ),
        note="sid: EX:base",
    )


def test_a_dissertation_names_its_institution_as_publisher():
    asked = read(
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dissertation"),
        ("rft.title", "Imaginary Rivers"),
        ("rft.inst", "Example University"),
        ("rft.degree", "PhD"),
    )
    assert (asked.wanted.publisher, asked.service, asked.note) == (
        "Example University",
        ServiceType.LOAN,
        "degree: PhD",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("info:oclcnum/00012345", ("OCLC", "12345")),
        ("info:pmid/012345", ("PMID", "12345")),
        ("urn:ISBN:0-306-40615-2", ("ISBN", "9780306406157")),
        ("urn:ISSN:0378-5955", ("ISSN", "03785955")),
        ("info:doi/10.1000/182", ("DOI", "10.1000/182")),
        ("https://doi.org/10.1000/a(b)c", ("DOI", "10.1000/a(b)c")),
        ("http://dx.doi.org/10.1000/182", ("DOI", "10.1000/182")),
        ("info:lccn/n78-89035", ("LCCN", "n78089035")),
        ("https://lccn.loc.gov/2001000002", ("LCCN", "2001000002")),
        ("https://www.worldcat.org/oclc/42", ("OCLC", "42")),
        ("https://pubmed.ncbi.nlm.nih.gov/42/", ("PMID", "42")),
        ("doi:10.1000/182", ("DOI", "10.1000/182")),
        ("pmid:42", ("PMID", "42")),
    ],
)
@pytest.mark.parametrize("key", ["rft_id", "id"])
def test_every_form_of_an_identifier_is_known(key, value, expected):
    asked = read((key, value))
    assert (number(asked), asked.warnings, asked.note) == ([expected], (), None)


def test_identifiers_of_other_kinds_are_kept_as_a_note():
    asked = read(("rft.title", "A"), ("rft_id", "https://example.org/work/7"), ("rft_id", "info:bibcode/2024Imag"))
    assert asked.note == "identifier: https://example.org/work/7; identifier: info:bibcode/2024Imag"


@pytest.mark.parametrize(
    ("pairs", "service"),
    [
        ([("genre", "article")], ServiceType.COPY),
        ([("genre", "bookitem"), ("rft_val_fmt", BOOK)], ServiceType.COPY),
        ([("genre", "proceeding")], ServiceType.COPY),
        ([("genre", "conference")], ServiceType.LOAN),
        ([("genre", "Book")], ServiceType.LOAN),
        ([("genre", "unknown"), ("spage", "7")], ServiceType.COPY),
        ([("rft_val_fmt", JOURNAL)], ServiceType.LOAN),
        ([("rft_val_fmt", JOURNAL), ("rft.spage", "7")], ServiceType.COPY),
        ([("rft_val_fmt", BOOK)], ServiceType.LOAN),
        ([("rft_val_fmt", BOOK), ("rft.pages", "320")], ServiceType.LOAN),
        ([("rft_val_fmt", BOOK), ("rft.atitle", "One chapter")], ServiceType.COPY),
        ([], ServiceType.LOAN),
        ([("atitle", "One article")], ServiceType.COPY),
    ],
)
def test_genre_and_format_tell_loan_from_copy(pairs, service):
    assert read(("title", "A"), *pairs).service is service


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("ctx_enc=info:ofi/enc:UTF-8&rft.title=Caf%C3%A9", "Café"),
        ("title=Caf%E9", "Café"),
        ("ctx_enc=info:ofi/enc:UTF-8&title=Caf%E9", "Café"),
        ("ctx_enc=info:ofi/enc:ISO-8859-1&title=Caf%E9", "Café"),
        ("ctx_enc=info:ofi/enc:ISO-8859-1&title=Caf%C3%A9", "Café"),
        ("ctx_enc=info:ofi/enc:ISO-8859-2&title=%A3%F3d%BC", "Łódź"),
        ("ctx_enc=info:ofi/enc:rot13&title=Caf%E9", "Café"),
        ("title=Caf\u00e9", "Café"),
        ("title=100%&x=1", "100%"),
        ("title=A&amp;date=1999", "A"),
    ],
)
def test_titles_are_read_in_whatever_encoding(query, title):
    assert read_openurl(query).wanted.title == title


def test_the_keys_of_1_0_win_over_those_of_0_1():
    asked = read(("title", "Old"), ("rft.title", "New"), ("volume", "7"))
    assert (asked.wanted.title, asked.wanted.volumes) == ("New", ("7",))


def test_repeated_authors_are_all_named_and_repeated_numbers_all_kept():
    asked = read(
        ("title", "A"), ("au", "Invented, I."), ("au", "Made-Up, M."), ("isbn", "0306406152"), ("isbn", "080442957X")
    )
    assert asked.wanted.author == "Invented, I.; Made-Up, M."
    assert number(asked) == [("ISBN", "9780306406157"), ("ISBN", "9780804429573")]


def test_a_wrong_check_digit_is_a_warning_and_the_number_is_kept():
    asked = read(("isbn", "0-306-40615-3"))
    assert number(asked) == [("ISBN", "0306406153")]
    assert asked.warnings == (
        "The check digit of the ISBN is wrong. It is kept as given: look whether it was mistyped.",
    )


def test_what_is_no_number_is_left_out_with_a_warning_that_does_not_quote_it():
    asked = read(("title", "A"), ("isbn", "29999000001234"))
    assert number(asked) == []
    assert asked.warnings == ("What was given as ISBN is none: it was left out.",)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("req_id", "mailto:jo.doe@example.org"),
        ("req.firstname", "Jo"),
        ("req_dat", "jodoe"),
        ("userid", "jodoe"),
        ("patron_barcode", "29999000001234"),
        ("rft.username", "jodoe"),
        ("email", "jodoe"),
        ("x", "jo.doe@example.org"),
        ("y", "card 29999000001234"),
        ("pid", "<who>jodoe</who>"),
        ("PIN", "1234"),
        ("rft_id", "mailto:jo.doe@example.org"),
    ],
)
def test_nothing_of_the_customer_is_kept(key, value):
    asked = read(("title", "A"), (key, value))
    assert asked == Citation(wanted=Wanted(title="A"))


@pytest.mark.parametrize(
    "query", ["", "?", "https://example.org/", "rft.aulast=Doe&date=1999", "isbn=none", "&&==&%%", "="]
)
def test_a_link_that_names_no_work_is_refused_in_words(query):
    with pytest.raises(NothingToIdentifyError, match="give a title, or a number"):
        read_openurl(query)


def test_a_link_beyond_all_measure_is_read_as_far_as_it_is_sensible():
    asked = read_openurl("title=" + "a" * LENGTH_MAX)
    assert asked.wanted.title == "a" * 500
    assert asked.warnings == (
        "The link is too long: its end was not read.",
        "The title is too long: its end was cut off.",
    )


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_for_naming_nothing(text):
    try:
        asked = read_openurl(text)
    except NothingToIdentifyError:
        return
    assert asked.wanted.title or asked.wanted.article_title or asked.wanted.identifiers


@given(
    st.dictionaries(st.text("abcdefgx._", min_size=1, max_size=12), st.text(max_size=60), max_size=8),
    st.text(max_size=60),
)
def test_whatever_stands_beside_a_title_the_title_is_read(others, noise):
    query = urlencode(others, errors="replace") + "&rft.jtitle=Imaginary&" + quote(noise, errors="replace")
    asked = read_openurl(query)
    assert asked.wanted.title == "Imaginary"
    assert len(asked.note or "") <= NOTE_MAX
