"""How a directory service is asked, as values: `config` fills them from the settings, `dispatch` asks by them."""

from enum import StrEnum

from gateway.workflow.values import Record


class DirectoryForm(StrEnum):
    """Whose directory it is: it says how its pages are asked for, and who we are."""

    CROSSLINK = "crosslink"
    """Crosslink's Directory API: `…/directory/entries`, pages by `limit` and `offset`, a bearer token."""
    RESHARE = "reshare"
    """ReShare's mod-directory behind Okapi: `…/directory/entry`, pages by `perPage` and `page`, X-Okapi-Tenant and X-Okapi-Token."""
    PLAIN = "plain"
    """A JSON file of our own form, all of it in one answer."""


class DirectoryService(Record, frozen=True, kw_only=True):
    """A directory service that is read on a schedule. `token` and `password` are the secrets themselves."""

    id: str
    url: str
    form: DirectoryForm
    every_hours: int = 24
    tenant: str | None = None
    token: str | None = None
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Nothing of the secrets."""
        return f"DirectoryService({self.id!r}, {self.form})"
