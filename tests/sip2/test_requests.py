"""The requests, byte for byte."""

from datetime import UTC, datetime

import pytest
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import encode
from gateway.sip2.profiles import Credentials, HoldMode, Profile
from gateway.sip2.requests import HoldType, Summary

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
NOW = "20260828    120000"
BLANK = " " * 18
P = Profile(error_detection=False, institution_id="EXV", terminal_password="tp", location_code="ILL")
PLAIN = Profile(error_detection=False)


@pytest.mark.parametrize(
    ("request_", "wire"),
    [
        (requests.login(P, Credentials("gw", "pw")), "9300CNgw|COpw|CPILL|"),
        (requests.login(PLAIN, Credentials("gw", "pw")), "9300CNgw|COpw|"),
        (requests.sc_status(P), "9900802.00"),
        (requests.item_information(P, AT, "3999"), f"17{NOW}AOEXV|AB3999|ACtp|"),
        (requests.patron_information(P, AT, "2999"), f"63000{NOW}          AOEXV|AA2999|ACtp|AD|"),
        (requests.patron_information(P, AT, "2999", summary=Summary.HOLDS), f"63000{NOW}Y         AOEXV|AA2999|ACtp|AD|"),
        (
            requests.patron_information(P, AT, "2999", summary=Summary.UNAVAILABLE_HOLDS, pin="12"),
            f"63000{NOW}     Y    AOEXV|AA2999|ACtp|AD12|",
        ),
        (requests.checkout(P, AT, customer="2999", item="3999"), f"11NN{NOW}{BLANK}AOEXV|AA2999|AB3999|ACtp|"),
        (requests.renew(P, AT, customer="2999", item="3999"), f"29NN{NOW}{BLANK}AOEXV|AA2999|AB3999|ACtp|"),
        (requests.checkin(P, AT, item="3999", location="ILL"), f"09N{NOW}{NOW}APILL|AOEXV|AB3999|ACtp|"),
        (
            requests.hold(
                P, AT, HoldMode.ADD, customer="2999", item="3999", pickup="EAST", hold_type=HoldType.THIS_COPY
            ),
            f"15+{NOW}AOEXV|AA2999|BSEAST|BY3|AB3999|ACtp|",
        ),
        (requests.hold(PLAIN, AT, HoldMode.CANCEL, customer="2", item="3"), f"15-{NOW}AO|AA2|AB3|AC|"),
        (requests.hold(PLAIN, AT, HoldMode.CHANGE, customer="2", item="3"), f"15*{NOW}AO|AA2|AB3|AC|"),
    ],
)  # fmt: skip
def test_requests_on_the_wire(request_: SIPRequest, wire: str) -> None:
    assert encode(request_, P, 0) == wire.encode() + b"\r"
