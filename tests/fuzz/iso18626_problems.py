"""Harness: any bytes to `gateway.iso18626.problems`, which explains what a schema refuses (and is slow at it)."""

from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, Version
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.schema import MAX_PROBLEMS, problems
from tests.fuzz.iso18626_decode import SECRET_PLACES, mutate, read, secrets_in
from tests.fuzz.timing import bounded

__all__ = ["MAX_LEN_BYTES", "check", "mutate"]

MAX_LEN_BYTES = 4096


def check(data: bytes) -> None:
    """Nothing is raised, nothing secret quoted, and a message without problems decodes without an error."""
    with bounded():
        found = {version: problems(data, version) for version in Version}
    secrets = secrets_in(data, SECRET_PLACES)
    for listed in found.values():
        assert len(listed) <= MAX_PROBLEMS + 1
        assert all(secret not in problem.reason + problem.path for problem in listed for secret in secrets)
    root = read(data)
    if not all(found.values()) and root is not None and root.tag.endswith("}ISO18626Message"):
        refusal = _refusal(data)  # a number that the schema has no limit for may be too large
        assert refusal in {None, ErrorType.UNRECOGNISED_DATA_VALUE}, "valid, and refused"


def _refusal(data: bytes) -> ErrorType | None:
    try:
        decode(data)
    except ProtocolError as error:
        return error.error_type
    return None
