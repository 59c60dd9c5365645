"""What a store raises; port.py gives these names on, so that whoever uses a store imports that alone."""

# ruff: noqa: N818 - the errors are named for what happened


class StoreError(Exception):
    """Root of what a store raises.

    StoreError
    ├── VersionConflict   somebody else decided about this request first: read it again, decide again
    ├── AlreadyExists     the request's id, or (requesting agency, its id), is taken; or the peer's message has been
    ├── AlreadyStarted    an effect that had to be withdrawn has been started
    ├── BarcodeTaken      another request has the pool barcode
    ├── LeaseLost         the effect is no longer ours: withdrawn, or leased by another
    ├── NotEnoughCredit   a partner has less credit than was to be used
    ├── NumbersInDoubt    after a restore nobody has said yet which number of bills went out last
    ├── NameTaken         another gateway has started under this one's name
    ├── DatabaseTooNew    a newer program made the tables: this one must not touch them
    └── StoreUnavailable  the database can't be reached or written (disk full, connection lost)
        └── StoreReadsOnly  it can be read, and takes no change: a standby, or one that was set so
    """


class VersionConflict(StoreError):
    """The request's version in the store is not the one that was read."""


class AlreadyExists(StoreError):
    """A request with this id or this (requesting agency, partner's id) exists, or the peer's message has been taken."""


class AlreadyStarted(StoreError):
    """`Change.must_withdraw` named an effect that isn't there unstarted any more, or `must_stop` one that has started."""


class BarcodeTaken(StoreError):
    """A barcode of the pool that the change takes belongs to another request."""


class LeaseLost(StoreError):
    """The effect row is gone or leased by somebody else."""


class NotEnoughCredit(StoreError):
    """A partner's credit is less than what a change takes of it."""


class NumbersInDoubt(StoreError):
    """After a restore no number is given until somebody has said which was the last."""


class NameTaken(StoreError):
    """Another gateway has started under the name of this one, which must stop."""


class DatabaseTooNew(StoreError):
    """The tables have a version that this program does not know."""


class StoreUnavailable(StoreError):
    """The database can't be reached or written.

    From `commit` it leaves open whether the change was written (a connection may break after the database
    committed and before it could say so): whoever goes on reads the request again first.
    """


class StoreReadsOnly(StoreUnavailable):
    """The database answers questions, and refused a change: it is a standby, or was set to be read only. Nothing was written."""
