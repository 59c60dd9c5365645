"""Whose call is it? The token in its Authorization header says so."""


def bearer(header: str | None) -> str:
    """Return the token that an Authorization header carries; "", which is nobody's, if it carries none."""
    scheme, _, credentials = (header or "").strip().partition(" ")
    return credentials if scheme.casefold() == "bearer" else ""
