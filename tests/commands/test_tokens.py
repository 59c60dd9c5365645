"""`token` against a live API."""

from gateway.store.port import Token
from gateway.workflow.recovery import Recovery
from tests.commands.shell import Shell


async def test_a_token_is_made_used_listed_and_revoked(shell: Shell):
    made = await shell.run("token", "create", "desk-2", "viewer")
    assert made.code == 0
    token = made.out.strip()
    assert token.startswith("desk-2.")
    assert (await shell.run("requests", "list", "--token", token)).code == 0
    assert (await shell.run("token", "revoke", "desk-2")).out == "desk-2 is revoked.\n"
    assert (await shell.run("requests", "list", "--token", token)).code == 1
    listed = (await shell.run("token", "list")).out
    assert "configuration" in listed
    [line] = [line for line in listed.splitlines() if line.startswith("desk-2")]
    assert line.split() == ["desk-2", "viewer", "2026-10-28", "03:00", "no,", "revoked", "2026-10-28", "03:00"]


async def test_of_each_token_it_is_said_whether_it_is_valid_and_why_not(shell: Shell):
    """One that has ended or is suspended after a restore looked as if it were valid."""
    store, now = shell.live.store, shell.live.time.now()
    await store.add_token(Token(name="kiosk", role="viewer", hash="a", created_at=now))
    await store.recovery.begin(Recovery(since=now, why="A copy was restored."))
    await store.add_token(Token(name="old", role="viewer", hash="b", created_at=now, ends_at=now))
    await store.add_token(Token(name="new", role="viewer", hash="c", created_at=now))
    lines = (await shell.run("token", "list")).out.splitlines()
    assert [line.rpartition("  ")[2] for line in lines if line.startswith(("kiosk", "new", "old"))] == [
        "no, suspended since the restore of 2026-10-28 03:00 (recovery confirm-access)",
        "yes",
        "no, it has ended",
    ]


async def test_a_role_that_may_not_is_told_so(shell: Shell):
    ran = await shell.run("token", "list", "--token", shell.live.tokens["manager"])
    assert (ran.code, ran.err) == (
        1,
        "A manager may not change accounts, tokens, peers, partners, policy, items or pool barcodes.\n",
    )


async def test_tokens_as_json(shell: Shell):
    assert (await shell.run("token", "create", "desk-2", "viewer", "--json")).json["role"] == "viewer"
    assert len((await shell.run("token", "list", "--json")).json["tokens"]) == 5
    assert (await shell.run("token", "revoke", "desk-2", "--json")).json["revoked_at"] is not None
