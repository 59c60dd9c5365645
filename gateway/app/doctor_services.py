"""What `ill-gateway doctor` tries of services that the settings name: who says who staff are, and partners' directories.

Each is asked from here, as the gateway asks it, for what anybody with our settings may read. Nobody is signed in, and nothing is kept.
"""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from gateway.app.findings import DoctorFinding, Level
from gateway.clock import SystemTime
from gateway.config import Settings
from gateway.config.desk import OidcSection
from gateway.dispatch.directory_services import DirectoryTroubleError, try_service
from gateway.identity.trip import NotProvedError
from gateway.workflow.directories import DirectoryService

if TYPE_CHECKING:
    from gateway.app.ground import Ground

PATIENCE_S: Final = 10.0
"""For each."""


async def look_at_services(settings: Settings) -> list[DoctorFinding]:
    """Ask the sign-in provider and each directory service; nothing for what the settings don't name."""
    from gateway.app.ground import lay  # noqa: PLC0415 - loads the store

    ground, oidc = lay(settings, SystemTime()), settings.desk.oidc
    asked = [_directory(ground, entry.service()) for entry in settings.directories]
    if oidc is not None:
        asked.append(_provider(ground, oidc))
    return list(await asyncio.gather(*asked))


async def _provider(ground: "Ground", oidc: OidcSection) -> DoctorFinding:
    from gateway.app.doors import oidc_provider  # noqa: PLC0415 - loads all that is served

    well = f"{oidc.issuer} tells its addresses and keys. Whether it takes our client_id and secret shows with the first sign-in."
    act = "Look at the network between, and at [desk.oidc] issuer; staff sign in with a password meanwhile."
    return await _asked("sign-in provider", oidc_provider(ground, oidc).introduce(), well, act)


async def _directory(ground: "Ground", service: DirectoryService) -> DoctorFinding:
    act = "Look at its entry in [[directories]]; the desk's page of directories says when it was read last."
    asking = try_service(service, ground.destinations.socket)
    return await _asked(f"directory {service.id}", asking, "Its first page can be read.", act)


async def _asked(subject: str, asking: Awaitable[None], well: str, act: str) -> DoctorFinding:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asking
    except TimeoutError:
        return DoctorFinding(subject, Level.WRONG, f"It did not answer within {PATIENCE_S:g} s.", act)
    except (DirectoryTroubleError, NotProvedError) as trouble:
        return DoctorFinding(subject, Level.WRONG, str(trouble), act)
    return DoctorFinding(subject, Level.WELL, well)
