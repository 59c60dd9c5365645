"""What people have switched off at the desk is not done, from the next time on and at every gateway: the store is asked each time."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.store.port import Store
from gateway.workflow.staff import Switch

Asked = TypeVar("Asked")
Found = TypeVar("Found")


async def is_off(store: Store, switch: Switch) -> bool:
    """Say whether somebody has switched it off. Raises StoreUnavailable."""
    last = (await store.switched()).get(switch)
    return last is not None and not last.is_on


def while_on(
    store: Store,
    switch: Switch,
    does: Callable[[Asked], Awaitable[Found]],
    otherwise: Callable[[Asked], Awaitable[Found]],
) -> Callable[[Asked], Awaitable[Found]]:
    """Return what does one thing while a switch is on, and the other while it is off."""

    async def done(asked: Asked) -> Found:
        return await (otherwise if await is_off(store, switch) else does)(asked)

    return done
