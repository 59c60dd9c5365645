"""Messages of ISO 18626 as events: what a partner asked for or did, in the workflow's words.

Nothing of a partner's patronInfo or authentication goes any further than here (ill.md, "Rules that keep people safe").
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import astuple

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import Action, ErrorType, PreferredEdition, RequestSubType, RequestType, ServiceType, YesNo
from gateway.workflow.events import PartnerAction, RequestArrived
from gateway.workflow.records import Answer
from gateway.workflow.triggers import Admission
from gateway.workflow.values import Editions, Identifier, Money, PostalAddress, Wanted

UNSUPPORTED_SUB_TYPES = frozenset(
    {RequestSubType.BOOKING_REQUEST, RequestSubType.MULTIPLE_ITEM_REQUEST, RequestSubType.TRANSFER_REQUEST}
)
"""What goes to staff (iso18626.md: "a requestSubType we don't support goes to staff")."""

LONGEST_ID = 255
"""Characters of a symbol or of a partner's request id: together they are a key, and an index takes 2,704 bytes at the most."""
LONGEST_QUOTED = 40

ACTIONS: dict[Action, PartnerAction] = {
    Action.STATUS_REQUEST: PartnerAction.STATUS_REQUEST,
    Action.RECEIVED: PartnerAction.RECEIVED,
    Action.CANCEL: PartnerAction.CANCEL,
    Action.RENEW: PartnerAction.RENEW,
    Action.HOLD_RETURN: PartnerAction.HOLD_RETURN,
    Action.SHIPPED_RETURN: PartnerAction.SHIPPED_RETURN,
    Action.SHIPPED_FORWARD: PartnerAction.SHIPPED_FORWARD,
    Action.NOTIFICATION: PartnerAction.NOTIFICATION,
    Action.LOST: PartnerAction.LOST,
}


def symbol(agency: values.AgencyId | None) -> str:
    """Write an agency as `type:value`, as its library wrote it; empty where there is none, or one without a value."""
    return f"{agency.type.value}:{agency.value}" if agency is not None and agency.value.strip() else ""


def fault_of_ids(message: iso.Message) -> iso.ErrorData | None:
    """Say what is wrong with the ids by which a request is made or found: one is missing, or too long to be kept.

    The schemas let them be empty. Our own number is enough for an action, and a lender's library is told by our number.
    """
    if isinstance(message, iso.Confirmation):
        return None
    header = message.header
    number, agency = header.requesting_agency_request_id, header.requesting_agency_id
    by_ours = isinstance(message, iso.RequestingAgencyMessage) and header.supplying_agency_request_id
    if not number.strip() and not by_ours:
        return iso.ErrorData(ErrorType.BADLY_FORMED_MESSAGE, "header/requestingAgencyRequestId is missing")
    if not agency.value.strip() and not isinstance(message, iso.SupplyingAgencyMessage):
        return iso.ErrorData(ErrorType.BADLY_FORMED_MESSAGE, "header/requestingAgencyId/agencyIdValue is missing")
    for name, text in (("requestingAgencyRequestId", number), ("requestingAgencyId", symbol(agency))):
        if len(text) > LONGEST_ID:
            words = f"{name} {text[:LONGEST_QUOTED]}… is longer than {LONGEST_ID} characters"
            return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, words)
    return None


def request_type(message: iso.Request) -> RequestType:
    """New where nothing is said."""
    info = message.service_info
    return RequestType.NEW if info is None or info.request_type is None else info.request_type


def service_of(message: iso.Request) -> ServiceType:
    """What is wanted; a loan where nothing is said (iso18626.md)."""
    return message.service_info.service_type if message.service_info else ServiceType.LOAN


def unsupported(message: iso.Request) -> str:
    """The sub-types that we leave to staff, in words; empty where there are none."""
    kinds = message.service_info.request_sub_types if message.service_info else ()
    found = sorted(kind.value for kind in kinds if kind in UNSUPPORTED_SUB_TYPES)
    return f"The partner asks for {', '.join(found)}, which is not done automatically." if found else ""


def arrival(
    message: iso.Request,
    *,
    at: datetime,
    request_id: str,
    peer: str,
    our_agency: str,
    partner: str | None,
    account: str | None,
    admission: Admission,
    turned_away: Answer | None = None,
    staff_words: str = "",
    policy_version: int = 0,
) -> RequestArrived:
    """Read a New or Retry. An absent serviceInfo means Loan (iso18626.md), an absent supplier us, by `our_agency`.

    The note is what a dialect left of it.
    """
    service, addresses = message.service_info, addresses_of(message)
    return RequestArrived(
        at=at,
        by=peer,
        request=request_id,
        peer=peer,
        partner=partner,
        account=account,
        requesting_agency=symbol(message.header.requesting_agency_id),
        supplying_agency=symbol(message.header.supplying_agency_id) or our_agency,
        partner_request_id=message.header.requesting_agency_request_id,
        previous_request_id=service.requesting_agency_previous_request_id if service else None,
        service=service_of(message),
        level=service.service_level.value if service and service.service_level else None,
        need_before=service.need_before_date if service else None,
        wanted=wanted(message),
        note=service.note if service else None,
        copyright=service.copyright_compliance.value if service and service.copyright_compliance else None,
        max_cost=max_cost(message.billing_info),
        deliver_to=postal_address(addresses),
        deliver_to_name=agency_name(message),
        deliver_by_mail_to=electronic_address(addresses),
        admission=admission,
        turned_away=turned_away,
        staff_words=staff_words,
        policy_version=policy_version,
    )


def wanted(message: iso.Request) -> Wanted:
    """Read what is asked for."""
    info, published = message.bibliographic_info, message.publication_info
    return Wanted(
        title=" : ".join([part for part in (info.title, info.subtitle) if part]) or None,
        author=info.author,
        record_id=info.supplier_unique_record_id,
        identifiers=identifiers(info),
        edition=info.edition,
        series=info.series_title,
        editions=editions(message.service_info),
        volumes=info.volumes,
        issue=info.issue,
        pages=info.pages_requested,
        article_title=info.title_of_component,
        article_author=info.author_of_component,
        publisher=published.publisher if published else None,
        published=published.publication_date if published else None,
        form=_form(message.service_info),
    )


def _form(service: iso.ServiceInfo | None) -> str | None:
    return service.item_format.value if service and service.item_format else None


_EDITIONS = {
    PreferredEdition.MOST_RECENT_EDITION: Editions.MOST_RECENT,
    PreferredEdition.THIS_EDITION: Editions.THIS,
    PreferredEdition.ANY_EDITION: Editions.ANY,
}


def editions(service: iso.ServiceInfo | None) -> Editions:
    """Read which editions will do: preferredEdition (2021-2) is the finer word, anyEdition the older; silence means this one."""
    if service is None:
        return Editions.THIS
    if service.preferred_edition is not None:
        return _EDITIONS[service.preferred_edition]
    return Editions.ANY if service.any_edition is YesNo.Y else Editions.THIS


def identifiers(info: iso.BibliographicInfo) -> tuple[Identifier, ...]:
    """Read the numbers of the publication and of its records, with their codes as sent; empty ones are none."""
    items = [
        Identifier(code=each.bibliographic_item_identifier_code.value, value=each.bibliographic_item_identifier)
        for each in info.bibliographic_item_ids
    ]
    records = [
        Identifier(code=each.bibliographic_record_identifier_code.value, value=each.bibliographic_record_identifier)
        for each in info.bibliographic_record_ids
    ]
    return tuple([each for each in (*items, *records) if each.value.strip()])


def max_cost(billing: iso.BillingInfo | None) -> Money | None:
    """Read what the partner pays at the most; the currency in capitals, as ISO 4217 has it."""
    costs = billing.maximum_costs if billing else None
    return None if costs is None else Money(amount=costs.monetary_value, currency=costs.currency_code.value.upper())


def addresses_of(message: iso.Request) -> tuple[values.Address, ...]:
    """Read every address for delivery, in the order of preference; the agency's own addresses last."""
    wishes = sorted(message.requested_delivery_infos, key=lambda wish: wish.sort_order or 0)
    own = message.requesting_agency_info.addresses if message.requesting_agency_info else ()
    return (*[wish.address for wish in wishes if wish.address is not None], *own)


def postal_address(addresses: Iterable[values.Address]) -> PostalAddress | None:
    """Read the address that a loan goes to; where systems have none, they send one of empty elements."""
    for address in addresses:
        if isinstance(address, values.PhysicalAddress):
            found = PostalAddress(
                line1=address.line1,
                line2=address.line2,
                locality=address.locality,
                postal_code=address.postal_code,
                region=address.region.value if address.region else None,
                country=address.country.value if address.country else None,
            )
            if "".join(filter(None, astuple(found))).strip():
                return found
    return None


def agency_name(message: iso.Request) -> str | None:
    """How the requesting library calls itself; a broker puts the name of the library behind it here."""
    info = message.requesting_agency_info
    return (info.name or "").strip() or None if info is not None else None


def electronic_address(addresses: Iterable[values.Address]) -> str | None:
    """Read the address that a link to a copy goes to; an empty one is none."""
    for address in addresses:
        if isinstance(address, values.ElectronicAddress) and address.electronic_address_data.strip():
            return address.electronic_address_data
    return None
