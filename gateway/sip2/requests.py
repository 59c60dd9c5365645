"""The requests that the gateway makes, as pysip2's models. Pure functions: the moment is passed in.

Each takes the ACS's profile first and `at`, the aware local moment of the transaction, second. Blank due dates and
`no block = N` are deliberate: the ACS sets due dates, and we never report what happened while it was away.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from pysip2.models import (
    CheckinRequest,
    CheckoutRequest,
    HoldRequest,
    ItemInformationRequest,
    LoginRequest,
    PatronInformationRequest,
    RenewRequest,
    SCStatusRequest,
)

from gateway.sip2.dates import BLANK_DATE, wire_date
from gateway.sip2.profiles import Credentials, HoldMode, Profile


class HoldType(StrEnum):
    """BY: what may satisfy a hold."""

    OTHER = "1"
    ANY_COPY = "2"
    THIS_COPY = "3"
    ANY_COPY_AT_BRANCH = "4"


class Summary(IntEnum):
    """Position of the one `Y` in a 63's summary: which list of items the 64 shall carry."""

    HOLDS = 0
    OVERDUE = 1
    CHARGED = 2
    FINES = 3
    RECALLS = 4
    UNAVAILABLE_HOLDS = 5


def login(profile: Profile, credentials: Credentials) -> LoginRequest:
    """93, unencrypted as everywhere (both algorithms 0)."""
    return LoginRequest(
        uid_algorithm="0",
        pwd_algorithm="0",  # noqa: S106 - no encryption, not a password
        login_user_id=credentials.user,
        login_password=credentials.password,
        location_code=profile.location_code or None,
    )


def sc_status(profile: Profile) -> SCStatusRequest:
    """99: we are well and speak 2.00. Also the keep-alive."""
    return SCStatusRequest(
        status_code="0", max_print_width=f"{min(profile.max_print_width, 999):03}", protocol_version="2.00"
    )


def item_information(profile: Profile, at: datetime, item: str) -> ItemInformationRequest:
    """17 for an item barcode."""
    return ItemInformationRequest(
        transaction_date=wire_date(at, profile),
        institution_id=profile.institution_id,
        item_identifier=item,
        terminal_password=profile.terminal_password,
    )


def patron_information(
    profile: Profile, at: datetime, customer: str, *, summary: Summary | None = None, pin: str = ""
) -> PatronInformationRequest:
    """63 for a customer's barcode, with at most one list of items."""
    flags = "".join("Y" if position == summary else " " for position in range(10))
    return PatronInformationRequest(
        language=profile.language,
        transaction_date=wire_date(at, profile),
        summary=flags,
        institution_id=profile.institution_id,
        patron_identifier=customer,
        terminal_password=profile.terminal_password,
        patron_password=pin,
    )


def hold(
    profile: Profile,
    at: datetime,
    mode: HoldMode,
    *,
    customer: str,
    item: str,
    pickup: str = "",
    hold_type: HoldType | None = None,
) -> HoldRequest:
    """15: place, cancel or change a hold of an item."""
    # sip2.md, "Meaning": AB counts everywhere, AJ (a title) only on some; BS may name a branch that does not exist, BW may be ignored.
    return HoldRequest(
        hold_mode=mode,
        transaction_date=wire_date(at, profile),
        pickup_location=pickup or None,
        hold_type=hold_type,
        institution_id=profile.institution_id,
        patron_identifier=customer,
        item_identifier=item,
        terminal_password=profile.terminal_password,
    )


def checkout(profile: Profile, at: datetime, *, customer: str, item: str) -> CheckoutRequest:
    """11, which may not turn into a renewal (SC renewal policy N) and leaves the due date to the ACS."""
    # sip2.md, "Meaning": a repeated 11 became a renewal. "What it can't do": nb-due-date counts with no-block=Y alone, if at all.
    return CheckoutRequest(
        sc_renewal_policy="N",
        no_block="N",
        transaction_date=wire_date(at, profile),
        nb_due_date=BLANK_DATE,
        institution_id=profile.institution_id,
        patron_identifier=customer,
        item_identifier=item,
        terminal_password=profile.terminal_password,
    )


def checkin(profile: Profile, at: datetime, *, item: str, location: str = "") -> CheckinRequest:
    """09 at a desk (AP), of an item that came back now."""
    return CheckinRequest(
        no_block="N",
        transaction_date=wire_date(at, profile),
        return_date=wire_date(at, profile),
        current_location=location,
        institution_id=profile.institution_id,
        item_identifier=item,
        terminal_password=profile.terminal_password,
    )


def renew(profile: Profile, at: datetime, *, customer: str, item: str) -> RenewRequest:
    """29 for the customer's own loan; the ACS sets the due date."""
    # SIP2 2.00, "third party allowed": N, the loan is renewed for whoever has it.
    return RenewRequest(
        third_party_allowed="N",
        no_block="N",
        transaction_date=wire_date(at, profile),
        nb_due_date=BLANK_DATE,
        institution_id=profile.institution_id,
        patron_identifier=customer,
        item_identifier=item,
        terminal_password=profile.terminal_password,
    )
