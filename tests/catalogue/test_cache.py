"""Kept answers: fresh for a while, stale for longer, and no more than so many."""

from datetime import UTC, datetime, timedelta

from gateway.catalogue.cache import Cache, KeptAnswer
from gateway.catalogue.marc import Bib

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)


def cache(most: int = 10) -> Cache:
    return Cache(most=most, fresh=timedelta(seconds=60), stale=timedelta(hours=24))


def test_an_answer_is_fresh_then_stale_then_gone():
    kept, answer = cache(), KeptAnswer(at=AT)
    kept.keep("q", answer)
    minute, day = timedelta(minutes=1), timedelta(days=1)
    assert kept.fresh("q", AT + minute / 2) is answer
    assert kept.fresh("q", AT + minute) is None
    assert kept.stale("q", AT + minute) is answer
    assert kept.stale("q", AT + day) is None
    assert kept.stale("other", AT) is None


def test_the_oldest_goes_where_there_are_too_many():
    kept = cache(most=2)
    for query in ("a", "b", "a", "c"):
        kept.keep(query, KeptAnswer(at=AT))
    assert [query for query in "abc" if kept.fresh(query, AT)] == ["a", "c"]


def test_an_answer_is_whole_where_all_of_it_was_seen():
    bib = Bib(number="b1", keys=frozenset())
    assert KeptAnswer(at=AT, bibs=(bib,), total=1).is_whole
    assert not KeptAnswer(at=AT, bibs=(bib,), total=2).is_whole
    assert not KeptAnswer(at=AT, bibs=(bib,), total=1, unread=1).is_whole
    assert not KeptAnswer(at=AT, refused="it can't").is_whole
