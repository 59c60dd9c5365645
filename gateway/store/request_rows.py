"""A request as rows of parameters: a new one, one that is known by now, one that goes a step. Pure."""

from gateway.iso18626.values import agency_key
from gateway.store import encoding
from gateway.store.columns import Params, stamp
from gateway.store.port import Change, Inbound
from gateway.workflow.records import Request


def new_request(request: Request, made_by: Inbound | None) -> Params:
    """Return the parameters of `sql.INSERT_REQUEST`; `made_by`: the message that asked for it."""
    return (
        request.id,
        str(request.role),  # `.value` takes four times as long
        str(request.state),
        request.version,
        request.peer,
        request.partner,
        agency_key(request.requesting_agency),
        request.partner_request_id,
        stamp(request.updated_at),
        None if made_by is None else made_by.content,
        encoding.encode(request),
    )


def known_request(request: Request) -> Params:
    """Return the parameters of `sql.UPDATE_REQUEST`."""
    return (
        request.id,
        request.version,
        str(request.state),
        request.peer,
        request.partner,
        request.partner_request_id,
        stamp(request.updated_at),
        encoding.encode(request),
    )


def keeps_names(change: Change) -> bool:
    """Whether a request goes on under the names that it had; a change that does not say what was before may give it others."""
    if change.created or change.before is None or change.request is None:
        return False
    return _names(change.before) == _names(change.request)


def _names(request: Request) -> tuple[str | None, ...]:
    return request.peer, request.partner, request.partner_request_id


def step(request: Request) -> Params:
    """Return the parameters of `sql.STEP_REQUEST`."""
    return request.id, request.version, str(request.state), stamp(request.updated_at), encoding.encode(request)


def agency_keys(agency: str) -> tuple[str, ...]:
    """Return the keys under which an agency's requests may lie: as rows had it that kept each spelling apart, and its own."""
    return tuple(dict.fromkeys((agency.casefold(), agency_key(agency))))
