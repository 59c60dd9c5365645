"""The order in which a batch of changes is written, as a table, and the error of a row that changes nothing.

The changes of a batch belong to different requests, so writing them statement by statement, each
statement with the rows of all, comes to the same as writing them one after another.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter

import msgspec

from gateway.store import register_sql, sql
from gateway.store.columns import Params
from gateway.store.port import BarcodeTaken, LeaseLost, NotEnoughCredit, NumbersInDoubt, StoreError, VersionConflict
from gateway.store.register_rows import to_index
from gateway.store.rows import ChangeRows


class Write(msgspec.Struct, frozen=True):
    """One statement, the rows of a change that it writes, what it means that a row of them changed nothing, and how it takes them, if not as they are."""

    statement: str
    rows_of: Callable[[ChangeRows], tuple[Params, ...]]
    guard: type[StoreError] | None = None
    taken: Callable[[Iterable[Params]], Sequence[Params]] = list
    together: bool = False
    """Whether SQLite adds several of its rows by one statement, which pays for some tables alone (sqlite_rows.py)."""

    def __post_init__(self) -> None:
        """AssertionError where several rows by one statement would pass the guard by."""
        assert not (self.together and self.guard)

    def rows(self, changes: Iterable[ChangeRows]) -> Sequence[Params]:
        """Return the rows that it writes of all changes; most changes have none."""
        return self.taken(chain.from_iterable(filter(None, map(self.rows_of, changes))))


_BEFORE: Sequence[Write] = (
    Write(sql.COMPLETE, attrgetter("complete"), LeaseLost),
    Write(sql.WITHDRAW_ALL, attrgetter("withdraw")),
    Write(sql.UPDATE_REQUEST, attrgetter("update_request"), VersionConflict),
    Write(sql.STEP_REQUEST, attrgetter("step_request"), VersionConflict),
    Write(sql.INSERT_REQUEST, attrgetter("insert_request")),
    Write(sql.OPEN_FIRST_TASK, attrgetter("first_tasks"), together=True),
    Write(sql.CLOSE_TASKS, attrgetter("close_tasks")),
    Write(sql.OPEN_TASK, attrgetter("open_tasks")),
    Write(register_sql.INSERT_LINE, attrgetter("register.new_line")),
    Write(register_sql.UPDATE_LINE, attrgetter("register.known_line")),
    Write(register_sql.STEP_LINE, attrgetter("register.step_line")),
    Write(register_sql.INSERT_WORDS, attrgetter("register.new_words")),
)
_BEHIND: Sequence[Write] = (
    Write(register_sql.UPDATE_WORDS, attrgetter("register.known_words")),
    Write(register_sql.ADD_NOTE, attrgetter("register.note")),
    Write(register_sql.INSERT_NUMBER, attrgetter("register.new_numbers"), together=True),
    Write(register_sql.ADD_NUMBER, attrgetter("register.known_numbers")),
    Write(sql.INSERT_CUSTOMER, attrgetter("customer")),
    Write(sql.INSERT_WORK, attrgetter("works")),
    Write(sql.CORRECT_CUSTOMER, attrgetter("corrected")),
    Write(sql.CORRECT_WORKS, attrgetter("corrected_works")),
    Write(sql.INSERT_INTAKE_KEY, attrgetter("intake_key")),
    Write(sql.INSERT_COPIED, attrgetter("copied")),
    Write(sql.INSERT_ACT_KEY, attrgetter("done")),
    Write(sql.MOVE_BARCODE, attrgetter("taken"), BarcodeTaken),
    Write(sql.MOVE_BARCODE, attrgetter("freed")),
    Write(sql.INSERT_HISTORY, attrgetter("history"), together=True),
    Write(sql.INSERT_MESSAGE, attrgetter("message")),
    Write(sql.INSERT_UNORDERED, attrgetter("unordered"), together=True),
    Write(sql.INSERT_EFFECT, attrgetter("effects")),
)
"""Who has read what is out of date hears so before anything is added. Tasks come before lines of the register, for a new line is written with its
tasks: behind it, each task would have the line written once more. What indexes the words of new requests, where the database doesn't do that itself,
comes between: words are indexed before a note is added. After `must_withdraw` and `must_stop` (each row of which may stand for several effects) and
before `promote`.
"""


def in_order(indexing: Mapping[str, bool]) -> Sequence[Write]:
    """Return all statements of a database that indexes words with these (tongues.py)."""
    words = attrgetter("register.new_words")
    index = (Write(each, words, taken=partial(to_index, is_open=is_open)) for each, is_open in indexing.items())
    return (*_BEFORE, *index, *_BEHIND)


def with_rows(order: Iterable[Write], changes: Sequence[ChangeRows]) -> Iterator[tuple[Write, Sequence[Params]]]:
    """Yield the statements that have something to write, in their order, each with the rows of all changes."""
    for write in order:
        if rows := write.rows(changes):
            yield write, rows


_MEANING: dict[type[StoreError], str] = {
    BarcodeTaken: "another request has the pool barcode",
    NotEnoughCredit: "the partner has less credit than that",
    NumbersInDoubt: "the last number that went out before the restore is not confirmed",
    LeaseLost: "the effect is gone, or leased by another",
    VersionConflict: "what is to be changed is not at the version that was read",
}


def guard_error(guard: type[StoreError]) -> StoreError:
    """Return the error of a guarded statement that changed fewer rows than it was given."""
    return guard(_MEANING[guard])
