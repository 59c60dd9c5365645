"""What each database says in its own way: how words are looked for, and what has changed since one looked. Pure."""

# ruff: noqa: S608 - statements are put together from constants

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from gateway.store.register_port import Word
from gateway.store.register_sql import LINE
from gateway.store.wording import is_prefix


class Tongue(msgspec.Struct, frozen=True):
    """What each database says in its own way."""

    marks: str
    """Gives the mark from which on changes may have been missed, and the first of those to come."""
    open_match: str
    """The lines of what is open and has the words of $1."""
    ended_match: str
    """The lines of what has ended, has the words of `{words}`, and comes before `{before}`: the newest, `{most}` of them at the most."""
    room: str
    """How many bytes the database has, and how many of them hold nothing."""
    query: Callable[[Iterable[Word]], str]
    """Writes words as the match takes them."""
    indexing: Mapping[str, bool] = {}
    """What enters the words ($2) of a new request ($1) where they are looked for, each with whether it is for what is open; nothing where the
    database sees to that itself."""


def _query(*, both: str, either: str, quote: str, prefix: str) -> Callable[[Iterable[Word]], str]:
    """Make what writes words: each is the beginning of one, unless it is short. They have letters and digits alone, so that quotes hold."""

    def quoted(word: str) -> str:
        return f"{quote}{word}{quote}"

    def one(word: Word) -> str:
        beginning = quoted(word.text) + (prefix if is_prefix(word.text) else "")
        return f"({either.join((beginning, *map(quoted, word.partners)))})"

    return lambda words: both.join(map(one, words))


SQLITE: Final = Tongue(
    marks="SELECT coalesce(max(changed), 0) + 1, coalesce(max(changed), 0) + 1 FROM register",
    open_match="SELECT rowid FROM open_words WHERE open_words MATCH $1",
    ended_match="""
        SELECT rowid AS line FROM ended_words WHERE ended_words MATCH {words} AND rowid < {before}
        ORDER BY rowid DESC LIMIT {most}""",
    room="""
        SELECT page_count * page_size, freelist_count * page_size
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size""",
    query=_query(both=" AND ", either=" OR ", quote='"', prefix="*"),
    indexing={
        f"INSERT INTO {table} (rowid, words) VALUES ({LINE}, $2)": table == "open_words"
        for table in ("open_words", "ended_words")
    },
)
POSTGRESQL: Final = Tongue(
    marks="""
        SELECT pg_snapshot_xmin(now_at)::text::bigint, pg_snapshot_xmax(now_at)::text::bigint
        FROM pg_current_snapshot() AS now_at""",
    open_match="SELECT line FROM register_words WHERE is_open AND found_by @@ CAST(CAST($1 AS TEXT) AS tsquery)",
    ended_match="""
        SELECT line FROM register_words
        WHERE NOT is_open AND found_by @@ CAST(CAST({words} AS TEXT) AS tsquery) AND line < {before}
        ORDER BY line DESC LIMIT {most}""",
    room="""
        SELECT pg_database_size(current_database()), coalesce(sum(
            pg_total_relation_size(relid)::float8 * n_dead_tup / nullif(n_live_tup + n_dead_tup, 0)), 0)::bigint
        FROM pg_stat_user_tables""",
    query=_query(both=" & ", either=" | ", quote="'", prefix=":*"),
)
