"""Wrong tokens are few, counted, and nobody else's trouble."""

import pytest

from gateway.web.guesses import WRONG_TOKENS
from tests.web.live import Live

MOST = int(WRONG_TOKENS.burst)


async def guess(live: Live, address: str = "127.0.0.1") -> int:
    headers = {"Authorization": "Bearer admin.guess", "X-Forwarded-For": address}
    status, answer = await live.call("GET", "/tasks", role="nobody", headers=headers)
    assert "guess" not in str(answer)
    return status


async def test_an_address_that_guesses_is_asked_to_wait_and_the_others_are_not(live: Live):
    assert {await guess(live, "192.0.2.1") for _ in range(MOST)} == {401}
    assert await guess(live, "192.0.2.1") == 429
    assert await guess(live, "192.0.2.2") == 401
    assert live.refused == [("192.0.2.1", False)] * MOST + [("192.0.2.1", True), ("192.0.2.2", False)]


async def test_it_is_told_how_long(live: Live):
    for _ in range(MOST):
        await guess(live)
    async with live.http.get(f"{live.url}/api/v1/tasks", headers={"X-Forwarded-For": "127.0.0.1"}) as answer:
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 1 / WRONG_TOKENS.per_s
        assert (await answer.json())["error"] == "too many"


async def test_who_has_a_token_that_counts_suffers_for_no_neighbour_and_wipes_the_slate(live: Live):
    for _ in range(MOST + 1):
        await guess(live)
    assert (await live.call("GET", "/tasks"))[0] == 200
    assert await guess(live) == 401


@pytest.mark.parametrize(
    ("one", "other", "status"), [("2001:db8::1", "2001:db8::2", 429), ("192.0.2.1", "192.0.2.9", 401)]
)
async def test_of_ipv6_a_network_is_one_address(live: Live, one: str, other: str, status: int):
    for _ in range(MOST):
        await guess(live, one)
    assert await guess(live, other) == status
