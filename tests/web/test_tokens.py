"""Tokens over the API, on a real server and store."""

from tests.web.live import ADMIN, Live


async def test_a_new_token_works_at_once_and_its_secret_is_shown_once(live: Live):
    status, made = await live.call("POST", "/tokens", body={"name": "desk-2", "role": "viewer"})
    assert status == 201
    live.tokens["made"] = made["token"]
    assert (await live.call("GET", "/requests", role="made"))[0] == 200
    listed = await live.call("GET", "/tokens")
    assert made["token"].removeprefix("desk-2.") not in str(listed)
    assert "hash" not in str(listed)


async def test_a_revoked_token_works_no_more(live: Live):
    assert (await live.call("GET", "/requests", role="viewer"))[0] == 200
    status, answer = await live.call("DELETE", "/tokens/a-viewer")
    assert (status, answer["revoked_at"]) == (200, "2026-10-28T09:00:00Z")
    assert (await live.call("GET", "/requests", role="viewer"))[0] == 401


async def test_revoking_twice_keeps_the_first_time(live: Live):
    await live.call("DELETE", "/tokens/a-viewer")
    await live.time.advance(3600)
    status, answer = await live.call("DELETE", "/tokens/a-viewer")
    assert (status, answer["revoked_at"]) == (200, "2026-10-28T09:00:00Z")


async def test_a_name_is_never_used_again(live: Live):
    await live.call("DELETE", "/tokens/a-viewer")
    for name in ("a-viewer", "first-admin"):
        assert (await live.call("POST", "/tokens", body={"name": name, "role": "viewer"}))[0] == 409


async def test_a_name_that_no_header_can_carry_is_refused(live: Live):
    status, answer = await live.call("POST", "/tokens", body={"name": "the desk", "role": "viewer"})
    assert (status, answer["detail"][:5]) == (422, "name:")


async def test_the_configured_token_is_listed_and_not_revoked_here(live: Live):
    listed = (await live.call("GET", "/tokens"))[1]["tokens"]
    assert {token["name"]: token["configured"] for token in listed}["first-admin"] is True
    assert (await live.call("DELETE", "/tokens/first-admin"))[0] == 409
    assert (await live.call("DELETE", "/tokens/nobody"))[0] == 404
    assert ADMIN.rpartition(".")[2] not in str(listed)
