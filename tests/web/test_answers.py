"""Bodies in, errors out: every kind of bad body is told in words, and nothing unknown is taken silently."""

import msgspec
import pytest

from gateway.web import answers
from gateway.web.answers import unknown_fields
from gateway.workflow.policy import Policy
from tests.web.live import Live, a_request, keep


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        (b"{", 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[" * 5000, 400, "unreadable"),
        (b"[]", 422, "unusable"),
        (b"7", 422, "unusable"),
        (b'{"nmae": "desk"}', 422, "unusable"),
        (b'{"name": "desk", "role": "king"}', 422, "unusable"),
        (b'{"name": "desk", "role": "viewer", "extra": 1}', 422, "unusable"),
        (b'{"name": "' + b"x" * 300_000 + b'"}', 413, "too large"),
    ],
)
async def test_a_bad_body_is_told_in_words(live: Live, data: bytes, status: int, error: str):
    got, answer = await live.call("POST", "/tokens", data=data)
    assert (got, answer["error"]) == (status, error)
    assert answer["detail"].endswith(".")


async def test_what_nobody_foresaw_is_logged_and_not_told(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(**_where: object) -> None:
        raise KeyError("an inner secret")

    monkeypatch.setattr(live.store, "tasks", broken)
    status, answer = await live.call("GET", "/tasks")
    assert (status, answer["error"]) == (500, "internal error")
    assert "inner secret" not in answer["detail"]
    assert "unforeseen: GET /api/v1/tasks" in caplog.text
    assert "inner secret" in caplog.text


def test_unknown_fields_are_found_at_any_depth():
    raw = {
        "lines": [{"item_type": ["dvd"], "cost": {"amount": "1", "currency": "EUR", "vat": "0"}}],
        "status_rules": {"03": {"availability": "candidate", "days": 2}},
        "pause": True,
    }
    policy = msgspec.convert(raw, Policy)
    assert sorted(unknown_fields(raw, policy)) == [
        "lines.0.cost.vat",
        "lines.0.item_type",
        "pause",
        "status_rules.03.days",
    ]


def test_a_whole_record_has_no_unknown_fields():
    raw = msgspec.to_builtins(a_request())
    assert unknown_fields(raw, msgspec.convert(raw, type(a_request()))) == []


async def test_an_empty_body_is_an_empty_object(live: Live):
    await keep(live.store, a_request())
    status, answer = await live.call("POST", "/requests/r1/actions/arrived")
    assert (status, answer["state"]) == (200, "arriving")


def test_each_error_has_its_own_status_and_words():
    kinds = [kind for kind in vars(answers).values() if isinstance(kind, type) and issubclass(kind, answers.ApiError)]
    assert len({kind.status for kind in kinds}) == len({kind.kind for kind in kinds}) == len(kinds)
