"""Signing in by way of a provider: the browser is sent there, and comes back with a code.

Both are plain links, so that no policy about forms stands in the way; coming back is a navigation from another site, for which a
browser sends cookies that are SameSite=Lax. What holds the two together goes along in a cookie of ten minutes.
"""

from typing import Final

from aiohttp import web

from gateway.desk import elsewhere
from gateway.desk.errors import BusyError, DeskError, TooOftenError, WrongPasswordError
from gateway.pages import sign_in
from gateway.pages.troubles import trouble_of
from gateway.pages.visit import Visit

BACK: Final = "/sign-in/oidc"
"""Where the provider sends browsers back to; the settings' example says so."""
LASTS_S: Final = 600
_LOST: Final = "The sign-in took too long, or began in another browser. Try again."


async def leave(visit: Visit) -> web.StreamResponse:
    """GET /sign-in/oidc/start: to the provider."""
    to = sign_in.way(visit.query(sign_in.On).to)
    try:
        address, trip = await elsewhere.leave(visit.desk, to, address=visit.address)
    except (WrongPasswordError, TooOftenError) as exc:
        return await _not_signed_in(visit, exc, to)
    answer = visit.go(address)
    visit.have_kept(answer, _cookie(visit), elsewhere.packed(trip), lasts_s=LASTS_S)
    return answer


async def come_back(visit: Visit) -> web.StreamResponse:
    """GET /sign-in/oidc: from the provider; signed in, or told why not."""
    trip = elsewhere.unpacked(visit.http.cookies.get(_cookie(visit), ""))
    if trip is None:
        return await _not_signed_in(visit, WrongPasswordError(_LOST), sign_in.AFTER)
    try:
        token, _session = await elsewhere.come_back(
            visit.desk, trip, visit.http.query, address=visit.address, agent=visit.browser
        )
    except (WrongPasswordError, TooOftenError, BusyError) as exc:
        answer: web.StreamResponse = await _not_signed_in(visit, exc, trip.to)
    else:
        answer = await sign_in.enter(visit, token, trip.to)
    answer.del_cookie(_cookie(visit), path="/", secure=visit.settings.is_secure, httponly=True, samesite="Lax")
    return answer


async def _not_signed_in(visit: Visit, why: DeskError, to: str) -> web.Response:
    said = trouble_of(why)
    answer = await sign_in.show_form(visit, said.status, problems={"": why.detail}, to=sign_in.way(to))
    answer.headers.update(said.headers)
    return answer


def _cookie(visit: Visit) -> str:
    return f"{visit.settings.cookie}-trip"
