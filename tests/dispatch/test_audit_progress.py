"""A long look through the chain says in the log how far it is, every ten seconds."""

from datetime import timedelta

from structlog.testing import capture_logs

from gateway.dispatch.audit_progress import EVERY, Looks, Progress
from tests.fakes.clock import FakeTime
from tests.store.values import NOW


async def test_it_is_told_every_ten_seconds_and_not_of_each_stretch():
    time = FakeTime(NOW)
    progress = Progress(time, 1000)
    with capture_logs() as log:
        for line in range(0, 100, 10):
            progress.tell(line)
            await time.advance((EVERY / 4).total_seconds())
    assert [(told["line"], told["of"]) for told in log] == [(40, 1000), (80, 1000)]


async def test_a_short_look_tells_nothing():
    time = FakeTime(NOW)
    progress = Progress(time, 500)
    await time.advance((EVERY - timedelta(seconds=1)).total_seconds())
    with capture_logs() as log:
        progress.tell(500)
    assert log == []


async def test_looks_know_of_the_one_that_was_begun_last_until_it_ends():
    looks, time = Looks(), FakeTime(NOW)
    with looks.one(Progress(time, 500)) as first:
        with looks.one(Progress(time, 600)) as second:
            assert looks.last() is second
        assert looks.last() is first
    assert looks.last() is None
