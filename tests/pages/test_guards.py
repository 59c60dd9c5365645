"""What stands before every page: names of ours, forms of ours."""

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.pages.guards import form_token, is_for_us, is_form_token, is_from_us

OURS = "https://desk.example.org"


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("desk.example.org", True),
        ("DESK.example.org:8628", True),
        ("[::1]:8628", True),
        ("[::1]", True),
        ("elsewhere.example", False),
        ("desk.example.org.elsewhere.example", False),
        ("", False),
    ],
)
def test_only_names_of_ours_are_answered_for(host: str, *, is_ours: bool):
    assert is_for_us(host, {"desk.example.org", "[::1]"}) is is_ours


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": OURS}, True),
        ({"Origin": "http://127.0.0.1:8628"}, True),  # the host that was asked for
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),  # what no browser sends
        ({"Origin": ""}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({}, True),  # no browser
    ],
)
def test_a_form_of_another_site_is_none_of_ours(headers: dict[str, str], *, is_ours: bool):
    http = make_mocked_request("POST", "/", headers={"Host": "127.0.0.1:8628", **headers})
    assert is_from_us(http, OURS) is is_ours


def test_a_forms_token_belongs_to_one_session():
    assert is_form_token(form_token("one"), "one")
    assert not is_form_token(form_token("one"), "another")
    assert not is_form_token(None, "one")
    assert not is_form_token("", "one")
    assert "one" not in form_token("one")
