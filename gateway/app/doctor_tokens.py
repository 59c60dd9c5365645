"""What `ill-gateway doctor` says of tokens of the API: whether one is about to end, or has ended. It names none, for their names may be people's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.app.doctor_asking import NotAskedError, asking_gateway, opened_store
from gateway.app.findings import DoctorFinding, Level
from gateway.config import Settings
from gateway.desk.structs.tokens import TokenList

ENDS_SOON: Final = timedelta(days=14)


async def look_at_tokens(settings: Settings, *, is_running: bool) -> DoctorFinding:
    """Look at when those end that nobody has revoked."""
    try:
        end = await (_told(settings) if is_running else _kept(settings))
    except NotAskedError as why:
        return DoctorFinding("tokens", Level.UNSEEN, f"When they end is not known: {why}")
    return judged(end, datetime.now(UTC), ZoneInfo(settings.library.time_zone))


async def _told(settings: Settings) -> list[datetime]:
    """When they end, as the gateway that runs says. Raises NotAskedError."""
    async with asking_gateway(settings) as (http, api), http.get(f"{api}/tokens") as answer:
        listed = msgspec.json.decode(await answer.read(), type=TokenList)
        return [token.ends_at for token in listed.tokens if token.ends_at and token.revoked_at is None]


async def _kept(settings: Settings) -> list[datetime]:
    """When they end, by the store. Raises NotAskedError."""
    async with opened_store(settings) as store:
        tokens = await store.tokens() if store else ()
        return [token.ends_at for token in tokens if token.ends_at and token.revoked_at is None]


def judged(end: Sequence[datetime], now: datetime, zone: ZoneInfo) -> DoctorFinding:
    """Say what there is to see to, by the times at which they end."""
    over = sum(at <= now for at in end)
    soon = sorted(at for at in end if now < at <= now + ENDS_SOON)
    words = []
    if over:
        words.append(
            f"{over} {'has' if over == 1 else 'have'} ended without being revoked: who uses one of those is refused."
        )
    if soon:
        first = f"{soon[0].astimezone(zone):%Y-%m-%d %H:%M}"
        words.append(f"{len(soon)} will end within {ENDS_SOON.days} days, the first at {first}.")
    if not words:
        return DoctorFinding("tokens", Level.WELL, f"None ends within {ENDS_SOON.days} days.")
    act = (
        "ill-gateway token list names them. Where one is still used, make another under a new name (ill-gateway token create), put it in its place, "
        "and revoke the old one; of one that was revoked nothing more is told."
    )
    return DoctorFinding("tokens", Level.LOOK, " ".join(words), act)
