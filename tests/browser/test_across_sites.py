"""Links, forms and sign-ins that come from another site: localhost beside 127.0.0.1, for two ports of one host are one site."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.fakes.oidc_provider import serving


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """A page of another site; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_given: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_link_of_another_site_finds_one_signed_in(sign_in: SignIn, house: Stack):
    """A colleague's mail, an OpenURL: Lax cookies come along, where Strict ones would not."""
    page = sign_in(anew=True)
    with elsewhere(f'<a href="{house.desk_url}/account">the desk</a>') as address:
        page.goto(address)
        page.click("a")
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.parametrize("path", ["/sign-out", "/account/password"])
def test_a_form_of_another_site_changes_nothing(sign_in: SignIn, house: Stack, path: str):
    page = sign_in(anew=True)
    form = f'<form method="post" action="{house.desk_url}{path}"><input name="a" value="b"><button>Go</button></form>'
    with elsewhere(form) as address:
        page.goto(address)
        page.click("button")
        expect(page.get_by_text("did not come from a page of this desk")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def test_no_other_site_shows_the_desk_in_a_frame(sign_in: SignIn, house: Stack):
    page = sign_in(anew=True).context.new_page()  # another page, for the browser complains there of what is meant
    with elsewhere(f'<iframe src="{house.desk_url}/account"></iframe>') as address:
        page.goto(address)
        page.wait_for_load_state("load")
        assert not any("Your account" in frame.content() for frame in page.frames[1:])


@pytest.fixture(scope="module")
def house_with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A house whose desk has TLS, and whose staff sign in at a provider of another site."""
    stack = Stack(tmp_path_factory.mktemp("provided"))
    certificate = stack.directory / "desk.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with serving(f"{over_tls(stack)}/sign-in/oidc", host="localhost") as issuer:
        add_provider(stack.config, over_tls(stack), issuer, certificate)
        with stack:
            yield stack


def over_tls(house: Stack) -> str:
    return house.desk_url.replace("http:", "https:")


def add_provider(config: Path, desk_url: str, issuer: str, certificate: Path) -> None:
    """Name the provider and the desk's certificate in the settings."""
    text = config.read_text(encoding="utf-8").replace("[desk]\n", f"[desk]\npublic_url = {json.dumps(desk_url)}\n")
    config.write_text(
        f"""{text}
oidc = "hush"

[desk.tls]
cert = {json.dumps(str(certificate))}
key = {json.dumps(str(certificate))}

[desk.oidc]
issuer = {json.dumps(issuer)}
client_id = "ill-gateway"
client_secret = "secret:oidc"

[desk.oidc.groups]
ill-staff = "technician"
""",
        encoding="utf-8",
    )


def at_provider(page: Page, person: str) -> None:
    """Say who one is, on the provider's own page."""
    page.wait_for_url("**/interaction/**")
    page.fill("[name=login]", person)
    page.fill("[name=password]", "anything")
    page.click("[type=submit]")


TO_NOBODY_ELSE = {"secure": True, "httpOnly": True, "sameSite": "Lax", "path": "/", "domain": "127.0.0.1"}


def kept_by_the_desk(page: Page) -> dict[str, dict[str, object]]:
    """The cookies that the browser has taken from the desk, each with what binds it."""
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("__Host-")]
    return {cookie["name"]: {of: cookie.get(of) for of in TO_NOBODY_ELSE} for cookie in cookies}


def test_a_sign_in_goes_to_the_provider_of_another_site_and_back(browser: Browser, house_with_provider: Stack):
    context = browser.new_context(base_url=over_tls(house_with_provider), ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/account")
    page.get_by_role("link", name="Sign in with your library account").click()
    page.wait_for_url("**/interaction/**")
    assert kept_by_the_desk(page) == {"__Host-desk-trip": TO_NOBODY_ELSE}
    at_provider(page, "17")
    page.wait_for_url("**/account")
    assert kept_by_the_desk(page) == {"__Host-desk": TO_NOBODY_ELSE}
    expect(page.get_by_text("You are signed in as mara; your role is technician")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You are signed in as mara; your role is technician")).to_be_visible()
    context.close()
