"""What has changed since somebody looked: for pages that are open while others work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from gateway.desk.ports import Desk
from gateway.desk.standing import standing_of
from gateway.desk.structs.news import Mark, News
from gateway.desk.today import count_lists
from gateway.store.port import Topic

NAMED: Final = 100
"""So many changed requests are named; of more it is said that there are more."""
CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""How far the clocks of gateways that share a store may be apart: what was written so long ago is looked at again."""

COMMITS_WITHIN: Final = timedelta(seconds=2)
"""How long what is decided may take until it can be read: a page that was made meanwhile does not show it."""


def on_change(desk: Desk, tell: Callable[[], None]) -> None:
    """Call `tell` after each change of a request or a task, through whichever gateway; it may only schedule."""
    desk.store.on_change(Topic.REQUESTS, tell)


def mark_now(desk: Desk) -> Mark:
    """Begin to look from now on."""
    return Mark(at=desk.now())


async def news_since(desk: Desk, mark: Mark, back: timedelta = CLOCKS_DIFFER) -> tuple[News, Mark]:
    """Return what has changed since somebody looked, and `back` before, and how far that is. Raises StoreUnavailable."""
    now = desk.now()
    changed = dict(await desk.store.changed_after(mark.at - back, limit=NAMED + 1))
    fresh = tuple(name for name, at in changed.items() if mark.seen.get(name) != at)
    lists = await count_lists(desk)
    news = News(
        at=now,
        requests=fresh[:NAMED],
        changed={name: changed[name] for name in fresh[:NAMED]},
        all=len(changed) > NAMED,
        lists={name.value: count for name, count in lists.items()},
        tasks=sum((await desk.store.count_tasks()).values()),
        standing=standing_of(desk),
    )
    return news, Mark(at=now, seen=changed)
