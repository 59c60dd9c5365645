"""Tokens over the API, on a real server and store."""

import asyncio
import logging

import pytest

from tests.web.live import ADMIN, Live


async def test_who_has_made_and_revoked_a_token_is_logged_and_its_secret_is_not(
    live: Live, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    _, made = await live.call("POST", "/tokens", body={"name": "desk-2", "role": "admin"})
    await live.call("DELETE", "/tokens/desk-2")
    assert "token made: desk-2 (admin) by first-admin" in caplog.text
    assert "token revoked: desk-2 (admin) by first-admin" in caplog.text
    assert made["token"].removeprefix("desk-2.") not in caplog.text


async def test_a_new_token_works_at_once_and_its_secret_is_shown_once(live: Live):
    status, made = await live.call("POST", "/tokens", body={"name": "desk-2", "role": "viewer"})
    assert status == 201
    live.tokens["made"] = made["token"]
    assert (await live.call("GET", "/requests", role="made"))[0] == 200
    listed = await live.call("GET", "/tokens")
    assert made["token"].removeprefix("desk-2.") not in str(listed)
    assert "hash" not in str(listed)


async def test_a_token_ends_with_its_day(live: Live):
    """The clock of the tests begins at 03:00 in the library's zone."""
    body = {"name": "student", "role": "viewer", "until": "2026-10-29"}
    status, made = await live.call("POST", "/tokens", body=body)
    assert (status, made["ends_at"]) == (201, "2026-10-29T23:59:59-06:00")
    live.tokens["student"] = made["token"]
    await live.time.advance(44 * 3600)
    assert (await live.call("GET", "/requests", role="student"))[0] == 200
    await live.time.advance(3600)
    assert (await live.call("GET", "/requests", role="student"))[0] == 401


async def test_an_end_is_a_day_to_come(live: Live):
    for until in ("2026-10-27", "soon"):
        status, answer = await live.call("POST", "/tokens", body={"name": "student", "role": "viewer", "until": until})
        assert (status, answer["detail"][:6]) == (422, "until:")


async def test_of_two_calls_for_one_name_one_gets_a_token_and_it_works(live: Live):
    calls = (live.call("POST", "/tokens", body={"name": "desk-2", "role": "viewer"}) for _ in range(5))
    answers = await asyncio.gather(*calls)
    assert sorted(status for status, _ in answers) == [201, 409, 409, 409, 409]
    live.tokens["made"] = next(answer["token"] for status, answer in answers if status == 201)
    assert (await live.call("GET", "/requests", role="made"))[0] == 200


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
