"""Tokens: what proves a caller, and what each role may."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from gateway.desk.access import RIGHTS, Caller, Right, configured_token, holder, new_token
from gateway.store.port import Token
from gateway.web.api import bearer
from gateway.workflow.staff import StaffRole

NOW = datetime(2026, 10, 28, tzinfo=UTC)


def caller_of(header: str | None, tokens: Iterable[Token], at: datetime) -> Caller | None:
    """Whom a call's Authorization header proves."""
    return holder(bearer(header), tokens, at)


def test_a_new_token_proves_its_name_and_role():
    token, shown = new_token("ref.desk-1", StaffRole.TECHNICIAN, NOW)
    assert caller_of(f"Bearer {shown}", [token], NOW) == Caller("ref.desk-1", StaffRole.TECHNICIAN)


def test_the_scheme_is_read_without_regard_to_case_and_blanks():
    token, shown = new_token("desk", StaffRole.VIEWER, NOW)
    assert caller_of(f"  bearer   {shown} ", [token], NOW) is not None


def test_what_is_kept_does_not_hold_the_secret():
    token, shown = new_token("desk", StaffRole.VIEWER, NOW)
    assert shown.removeprefix("desk.") not in str(msgspec.to_builtins(token))


def test_two_tokens_have_different_secrets():
    assert new_token("desk", StaffRole.VIEWER, NOW)[1] != new_token("desk", StaffRole.VIEWER, NOW)[1]


def test_a_revoked_token_counts_no_more():
    token, shown = new_token("desk", StaffRole.VIEWER, NOW)
    assert caller_of(f"Bearer {shown}", [msgspec.structs.replace(token, revoked_at=NOW)], NOW) is None


def test_a_token_counts_until_its_end():
    token, shown = new_token("desk", StaffRole.VIEWER, NOW, ends_at=NOW + timedelta(days=1))
    assert caller_of(f"Bearer {shown}", [token], NOW + timedelta(hours=23)) is not None
    assert caller_of(f"Bearer {shown}", [token], NOW + timedelta(days=1)) is None


def test_another_tokens_secret_proves_nothing():
    one, _ = new_token("one", StaffRole.VIEWER, NOW)
    other, shown = new_token("other", StaffRole.ADMIN, NOW)
    assert caller_of(f"Bearer one.{shown.removeprefix('other.')}", [one, other], NOW) is None


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer .", "Bearer desk", "Bearer desk.é", "Bearer desk.\udce9", "desk.x"],
)
def test_no_header_breaks_the_reading(header: str | None):
    token, _ = new_token("desk", StaffRole.VIEWER, NOW)
    assert caller_of(header, [token], NOW) is None


@pytest.mark.parametrize("name", ["", "-x", "a b", "ä", "x" * 41, "a\n"])
def test_a_name_that_no_header_can_carry_is_refused(name: str):
    with pytest.raises(ValueError, match="name has 1 to 40"):
        new_token(name, StaffRole.VIEWER, NOW)


def test_the_configured_token_is_an_admins():
    token = configured_token("first-admin.a-secret-for-tests-only", NOW)
    assert caller_of("Bearer first-admin.a-secret-for-tests-only", [token], NOW) == Caller(
        "first-admin", StaffRole.ADMIN
    )


@pytest.mark.parametrize("text", ["", "short.secret", "a-secret-without-any-name-in-front", ".a-secret-for-tests-only"])
def test_a_weak_or_nameless_configured_token_is_refused_without_being_quoted(text: str):
    with pytest.raises(ValueError, match=r"name has|must have") as refusal:
        configured_token(text, NOW)
    assert not text or text not in str(refusal.value)


def test_each_role_may_what_the_humbler_may():
    roles = list(StaffRole)
    for humbler, role in pairwise(roles):
        assert RIGHTS[humbler] < RIGHTS[role]
    assert RIGHTS[StaffRole.VIEWER] == {Right.READ}
    assert RIGHTS[StaffRole.ADMIN] == set(Right)
