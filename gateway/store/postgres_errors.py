"""What asyncpg raises, as the store's errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from gateway.outgoing import why_unreached
from gateway.store.port import AlreadyExists, StoreError, StoreReadsOnly, StoreUnavailable
from gateway.store.postgres_servers import NO_WRITES, POOLED

_UNUSABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # a deadlock, however it came about
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,  # not migrated yet
    asyncpg.PostgresSystemError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


@asynccontextmanager
async def translated_errors() -> AsyncIterator[None]:
    """Turn asyncpg's errors into the store's; the ones that only a mistake of ours can raise stay what they are."""
    try:
        yield
    except ValueError:  # asyncpg's word for arguments that don't fit the statement
        raise
    except asyncpg.UniqueViolationError as error:
        raise AlreadyExists(
            "a request with this id, or this agency and partner's id, exists, or this message"
        ) from error
    except asyncpg.IntegrityConstraintViolationError as error:
        raise StoreError(f"the change does not fit the tables: {error.constraint_name}") from error
    except (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError) as error:
        raise StoreUnavailable(POOLED) from error
    except asyncpg.ReadOnlySQLTransactionError as error:
        raise StoreReadsOnly(NO_WRITES) from error
    except OSError as error:  # TimeoutError is one
        raise StoreUnavailable(f"the database can't be reached: {why_unreached(error)}") from error
    except _UNUSABLE as error:
        raise StoreUnavailable(f"the database can't be used: {type(error).__name__}: {error}") from error
