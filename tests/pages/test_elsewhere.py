"""Signing in by way of an OpenID Connect provider: npm's oidc-provider, a process on loopback."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
import pytest

from gateway.demo.stage.processes import free_port
from gateway.desk.access import Caller, StaffRole
from gateway.desk.accounts import add_account, disable_account, link_account, list_accounts
from gateway.desk.errors import ConflictError
from gateway.desk.ports import Elsewhere
from gateway.desk.sign_ins import OF_AN_ADDRESS, SignInOutcome
from gateway.desk.structs.accounts import AccountBody
from gateway.identity.provider import Provider, ProviderSettings
from gateway.listener import Listener
from gateway.pages.elsewhere import BACK
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from gateway.room import ListenerLimits
from tests.fakes.oidc_provider import SECRET, serving
from tests.web.live import Live, live_api

pytestmark = pytest.mark.process

ADMIN = Caller("setup", StaffRole.ADMIN)
PORT = free_port()
OURS = f"http://127.0.0.1:{PORT}"
GROUPS = {"ill-staff": StaffRole.TECHNICIAN, "ill-managers": StaffRole.MANAGER}


class Site:
    """A site and its provider, and a browser that follows links across both."""

    def __init__(self, live: Live, http: aiohttp.ClientSession) -> None:
        self.live, self.http, self.issuer = live, http, ""
        self._listener: Listener | None = None

    async def serve(self, elsewhere: Elsewhere, issuer: str) -> None:
        """Serve with this provider, in place of the one before."""
        await self.stop()
        self.issuer = issuer
        settings = SiteSettings(public_origin=OURS, hosts=frozenset({"127.0.0.1"}))
        desk = replace(self.live.desk, sign_in=replace(self.live.desk.sign_in, elsewhere=elsewhere))
        self._listener = Listener(make_site(desk, settings), ListenerLimits())
        await self._listener.start("127.0.0.1", PORT)

    async def stop(self) -> None:
        """Serve no longer."""
        if self._listener is not None:
            await self._listener.stop()

    async def get(self, url: str) -> tuple[str, str]:
        """Follow an address to its end; where that is, and the page."""
        async with self.http.get(url) as answer:
            return str(answer.url), await answer.text()

    async def sign_in(self, person: str, to: str = "/account") -> tuple[str, str]:
        """Press our button, type a name at the provider, and come back; where that leads, and the page."""
        url, html = await self.get(f"{OURS}/sign-in/oidc/start?to={to}")
        if not url.startswith(self.issuer):
            return url, html
        form = re.search(r'<form[^>]*action="([^"]+)"', html)
        assert form is not None, html
        fields = {"prompt": "login", "login": person, "password": "anything"}
        async with self.http.post(urljoin(url, unescape(form[1])), data=fields) as answer:
            return str(answer.url), await answer.text()


def provider_of(issuer: str, secret: str | None = SECRET) -> Provider:
    settings = ProviderSettings(
        issuer=issuer,
        client_id="ill-gateway",
        client_secret=secret,
        redirect_uri=f"{OURS}{BACK}",
        scopes=("openid", "profile"),
        name_claim="preferred_username",
        groups_claim="groups",
    )
    return Provider(settings, now=lambda: datetime.now(UTC))


def elsewhere(issuer: str, secret: str | None = SECRET, roles: Mapping[str, StaffRole] = GROUPS) -> Elsewhere:
    return Elsewhere(provider=provider_of(issuer, secret), label="Sign in with the library's account", roles=roles)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with serving(f"{OURS}{BACK}") as issuer:
        yield issuer


@pytest.fixture
async def site(issuer: str) -> AsyncIterator[Site]:
    async with live_api() as live, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        site = Site(live, http)
        await site.serve(elsewhere(issuer), issuer)
        try:
            yield site
        finally:
            await site.stop()


async def accounts_of(site: Site) -> dict[str, StaffRole]:
    listed = await list_accounts(site.live.desk, ADMIN)
    return {each.name: each.role for each in listed.accounts}


async def test_a_person_of_a_group_is_signed_in_and_led_on_and_an_account_is_made(site: Site):
    assert "Sign in with the library" in (await site.get(f"{OURS}/sign-in"))[1]
    url, html = await site.sign_in("17", to="/account%3Fx=1")
    assert (url, "You are signed in as mara; your role is technician" in html) == (f"{OURS}/account?x=1", True)
    assert "there is no password here" in html
    assert await accounts_of(site) == {"mara": StaffRole.TECHNICIAN}
    assert (site.live.tries[-1].outcome, site.live.tries[-1].account) == (SignInOutcome.DONE, "mara")


async def test_the_highest_group_counts_and_is_looked_at_at_every_sign_in(site: Site):
    assert "You are signed in as otto; your role is manager" in (await site.sign_in("18"))[1]
    await site.serve(elsewhere(site.issuer, roles={"ill-staff": StaffRole.VIEWER}), site.issuer)
    assert "You are signed in as otto; your role is viewer" in (await site.sign_in("18"))[1]
    assert await accounts_of(site) == {"otto": StaffRole.VIEWER}


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("19", "None of your groups may sign in here"),
        ("20", "called “a-person-admin” already, and it may not be you"),
        ("21", "a sign-in name that can&#39;t be used here"),
    ],
)
async def test_who_may_not_is_told_why_and_gets_no_account(site: Site, person: str, words: str):
    body = AccountBody(name="a-person-admin", role=StaffRole.ADMIN, password="correct horse battery staple")
    await add_account(site.live.desk, ADMIN, body)
    _, html = await site.sign_in(person)
    assert words in html
    assert "<h1>Sign in</h1>" in html
    assert list(await accounts_of(site)) == ["a-person-admin"]


async def test_an_account_with_a_password_is_handed_over_once_if_an_administrator_says_so(site: Site):
    body = AccountBody(name="a-person-admin", role=StaffRole.ADMIN, password="correct horse battery staple")
    await add_account(site.live.desk, ADMIN, body)
    desk = replace(site.live.desk, sign_in=replace(site.live.desk.sign_in, elsewhere=elsewhere(site.issuer)))
    with pytest.raises(ConflictError, match="No OpenID Connect provider"):
        await link_account(site.live.desk, ADMIN, "a-person-admin")
    assert (await link_account(desk, ADMIN, "a-person-admin")).links_next
    assert "You are signed in as a-person-admin; your role is technician" in (await site.sign_in("20"))[1]
    listed = (await list_accounts(desk, ADMIN)).accounts
    assert [(each.signs_in_elsewhere, each.links_next) for each in listed] == [(True, False)]
    with pytest.raises(ConflictError, match="belongs to somebody"):
        await link_account(desk, ADMIN, "a-person-admin")


async def test_a_disabled_account_stays_so_whatever_the_provider_says(site: Site):
    await site.sign_in("17")
    await disable_account(site.live.desk, ADMIN, "mara")
    assert "switched off" in (await site.sign_in("17"))[1]


async def back(site: Site, query: str) -> str:
    """Come back with these parameters; the page."""
    return (await site.get(f"{OURS}{BACK}?{query}"))[1]


async def begun(site: Site) -> dict[str, str]:
    """Begin a sign-in; what the provider is asked for."""
    async with site.http.get(f"{OURS}/sign-in/oidc/start", allow_redirects=False) as answer:
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    return {name: values[0] for name, values in asked.items()}


async def test_the_provider_is_asked_with_pkce_and_both_guards(site: Site):
    asked = await begun(site)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert asked["redirect_uri"] == f"{OURS}{BACK}"


async def test_a_way_back_that_nobody_here_began_signs_nobody_in(site: Site):
    assert "began in another browser" in await back(site, "code=x&state=y")
    asked = await begun(site)
    assert "began in this browser" in await back(site, "code=x&state=another")
    assert "began in another browser" in await back(site, f"code=x&state={asked['state']}"), "once, whatever came of it"


async def test_a_code_that_is_none_and_a_no_are_told(site: Site):
    for query, words in (("error=access_denied", "did not let you in"), ("code=made-up", "refused what it was asked")):
        asked = await begun(site)
        assert words in await back(site, f"{query}&state={asked['state']}&iss={site.issuer}")
    asked = await begun(site)
    assert "another provider" in await back(site, f"code=x&state={asked['state']}&iss=https://elsewhere.example")


async def test_an_address_that_tries_too_often_is_asked_to_wait(site: Site):
    for _ in range(int(OF_AN_ADDRESS.burst)):
        await begun(site)
    assert "Too many tries" in (await site.get(f"{OURS}/sign-in/oidc/start"))[1]


@pytest.mark.parametrize("to", ["//elsewhere.example/", "https://elsewhere.example/"])
async def test_coming_back_leads_to_pages_of_ours_alone(site: Site, to: str):
    url, _ = await site.sign_in("17", to=to)
    assert url == f"{OURS}/"


async def test_a_provider_that_is_away_is_said_so(site: Site):
    await site.serve(elsewhere(f"http://127.0.0.1:{free_port()}"), site.issuer)
    assert "can&#39;t be asked just now" in (await site.sign_in("17"))[1]


async def test_a_public_client_and_claims_in_the_token_do_as_well(site: Site):
    with serving(f"{OURS}{BACK}", secret=None, inToken=True) as issuer:
        await site.serve(elsewhere(issuer, secret=None), issuer)
        assert "You are signed in as mara; your role is technician" in (await site.sign_in("17"))[1]
