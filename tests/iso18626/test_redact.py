"""Nothing of securityCode and patronInfo is left in what is stored or shown."""

import re

import pytest
from lxml import etree
from msgspec.structs import replace

from gateway.iso18626 import messages as m
from gateway.iso18626.codec import decode
from gateway.iso18626.redact import _cut, _redact_xml, redact, redact_read
from tests.iso18626.samples import SAMPLES

SECRETS = (b"open-sesame", b"Nobody", b"Nemo", b"nemo@nobody.example", b"20000000000001")
REQUEST = re.sub(rb"<!--.*?-->", b"", SAMPLES["request-1.2"])  # a comment alone is something unusual

DOCUMENTS = {
    "as it is": REQUEST,
    "prefixed": SAMPLES["request-2021-2"].replace(
        b"</ill:request>", b"<ill:patronInfo>Nobody</ill:patronInfo></ill:request>"
    ),
    "without a namespace": REQUEST.replace(b' xmlns="http://illtransactions.org/2013/iso18626"', b""),
    "in a comment": REQUEST.replace(b"<request>", b"<!-- <securityCode>open-sesame</securityCode> --><request>"),
    "in CDATA": REQUEST.replace(b"open-sesame", b"<![CDATA[</securityCode>open-sesame]]>"),
    "with attributes": REQUEST.replace(b"<securityCode>", b'<securityCode kind="open-sesame">'),
    "twice": REQUEST.replace(b"</securityCode>", b"</securityCode><securityCode>open-sesame</securityCode>"),
    "in another case": re.sub(rb"(patronInfo|securityCode)>", lambda name: name[0].title(), REQUEST),
    "in another case and a comment": SAMPLES["request-1.2"]
    .replace(b"patronInfo", b"PATRONINFO")
    .replace(b"securityCode", b"SecurityCode"),
    "UTF-16": REQUEST.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
}


@pytest.mark.parametrize("data", DOCUMENTS.values(), ids=DOCUMENTS)
def test_secrets_are_blanked_in_xml(data):
    redacted = redact(data)
    assert not any(secret in redacted for secret in SECRETS)
    assert b"The Imaginary Almanac" in redacted
    assert redact(redacted) == redacted


PLAIN = {name: re.sub(rb"<!--.*?-->", b"", data) for name, data in SAMPLES.items()}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_the_quick_look_comes_to_what_the_parser_comes_to(data):
    """Most documents are redacted without being parsed again."""
    cut = _cut(data)
    assert cut is not None
    assert etree.canonicalize(cut.decode()) == etree.canonicalize(_redact_xml(data).decode())


AS_WRITTEN = {name: data for name, data in (PLAIN | DOCUMENTS).items() if not decode(data).repairs}


@pytest.mark.parametrize("data", AS_WRITTEN.values(), ids=AS_WRITTEN)
def test_a_document_in_which_nothing_was_put_right_is_redacted_like_any_other(data):
    """It is searched as it is, since names of elements in another case are put right."""
    redacted = redact_read(data, decode(data).message, ())
    assert etree.canonicalize(redacted.decode()) == etree.canonicalize(redact(data).decode())


def test_a_name_in_another_case_is_something_that_is_put_right():
    """Or the look at names as they are written would not find it."""
    for name in (b"patronInfo", b"securityCode"):
        assert decode(REQUEST.replace(name, name.title())).repairs


@pytest.mark.parametrize(
    "name",
    [name for name in DOCUMENTS if name not in {"as it is", "prefixed", "without a namespace", "in another case"}],
)
def test_the_quick_look_leaves_what_is_unusual_to_the_parser(name):
    assert _cut(DOCUMENTS[name]) is None


SECRET = b"<a><securityCode>open-sesame</securityCode></a>"


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-7"?>' + SECRET,
        b"\xef\xbb\xbf" + SECRET,
        SECRET.replace(b"<a>", b"<a><?x y?><?z?>"),
        SECRET.replace(b"open-sesame", b"<securityCode/>x</securityCode>y"),
        SECRET.replace(b"open-sesame", b"patronInfo"),
        b"<a><securityCode>patronInfo</patronInfo></a>",
        b"<a><securityCode/></a>",
        b"<a><!-- Nobody --></a>",
        b"<a><xsecurityCode>x</xsecurityCode></a>",
        b"<a><securityCodeX>x</securityCodeX></a>",
        b"<a><securityCode >x</securityCode></a>",
        b"<a><securityCode>x</securityCode ></a>",
        b"<a><securityCode>x</xsecurityCode></a>",
        b"<a><xsecurityCode>x</securityCode></a>",
        SECRET.replace(b"<a>", b"<a>\0"),
        SECRET.decode().encode("utf-16-le"),
    ],
)
def test_the_quick_look_leaves_what_it_cannot_be_sure_of(data):
    assert _cut(data) is None


BROKEN = {
    "no end": REQUEST[:-40],
    "cut inside the secret": REQUEST[: REQUEST.index(b"open-sesame") + 11],
    "an entity": REQUEST.replace(b"<title>", b"<title>&nbsp;"),
    "a wrong end": REQUEST.replace(b"</patronInfo>", b"</patroninfo>"),
    "wrongly encoded": REQUEST.replace(b"Almanac", b"Alm\xe4nac"),
    "a NUL": REQUEST.replace(b"Almanac", b"Alm\0nac"),
    "in another case": REQUEST[:-40].replace(b"patronInfo", b"PatronInfo").replace(b"securityCode", b"SecurityCode"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_secrets_are_blanked_in_what_is_no_xml(data):
    assert not any(secret in redact(data) for secret in SECRETS)


def test_what_is_no_secret_stays_in_what_is_no_xml():
    redacted = redact(REQUEST[:-40].replace(b"<title>", b"<securityCode/><title>"))
    assert b"The Imaginary Almanac" in redacted
    assert b"accounts" in redacted


def test_a_redacted_document_is_still_the_message():
    """A blanked patronInfo element is read as one that says nothing."""
    message = decode(REQUEST).message
    assert isinstance(message, m.Request)
    header = replace(message.header, authentication=m.Authentication(account_id="sampleton"))
    assert decode(redact(REQUEST)).message == replace(message, header=header, patron_info=m.PatronInfo())
