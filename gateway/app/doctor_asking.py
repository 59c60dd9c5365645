"""Where `ill-gateway doctor` finds what only the store knows: a gateway that runs is asked over its API, else the store is opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import aiohttp
import msgspec

from gateway.config import Settings

if TYPE_CHECKING:
    from gateway.store.port import Store

PATIENCE_S: Final = 30.0
"""For all that the gateway is asked: it waits for each partner's system 10 s."""


class NotAskedError(Exception):
    """Neither could be asked; the text says why, and what to do."""


@asynccontextmanager
async def asking_gateway(settings: Settings) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Give a session with which to ask the gateway that runs, and its API's address. Raises NotAskedError, also for what goes wrong within."""
    token = settings.api.admin_token
    if token is None:
        raise NotAskedError("name [api] admin_token in the settings, and the gateway that runs is asked.")
    host = "127.0.0.1" if settings.api.host in {"0.0.0.0", "::"} else settings.api.host  # noqa: S104 - compared
    headers = {"Authorization": f"Bearer {token.get_secret_value()}", "Content-Type": "application/json"}
    try:
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(PATIENCE_S), headers=headers, raise_for_status=True
        ) as http:
            yield http, f"http://{host}:{settings.api.port}/api/v1"
    except aiohttp.ClientResponseError as error:
        raise NotAskedError(_refusal(error.status)) from None
    except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError):
        raise NotAskedError(
            f"the gateway's API does not answer at {host}:{settings.api.port} ([api] host and port)."
        ) from None


def _refusal(status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "the gateway refuses [api] admin_token as the settings have it now; it knows the one that it was started with."
    return f"the gateway's API answered with HTTP {status}; its log says why."


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator["Store | None"]:
    """Open the store, which no gateway may have open; None if there is none yet. Raises NotAskedError."""
    from gateway.store.factory import open_store, sqlite_path  # noqa: PLC0415 - only if no gateway runs
    from gateway.store.place import is_new  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    url = settings.store_url().get_secret_value()
    path = sqlite_path(url)
    if path is not None and is_new(path):
        yield None
        return
    store = open_store(url)
    try:
        await store.open()
        try:
            yield store
        finally:
            await store.close()
    except StoreError:
        raise NotAskedError("the store can't be read.") from None
