"""[[directories]]: the directory services that partners' symbols, endpoints, closures and catalogues are learned from."""

from typing import Annotated

from pydantic import Field

from gateway.config.kinds import HttpUrl, Identity, Name
from gateway.config.secrets import Secret
from gateway.config.section import Section, go_together
from gateway.workflow.directories import DirectoryForm, DirectoryService


class DirectoryEntry(Section):
    """One service: where it is, in which form, and who we are there."""

    id: Identity
    url: HttpUrl
    form: DirectoryForm
    every_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    tenant: Name | None = None
    token: Secret | None = None
    user: Name | None = None
    password: Secret | None = None

    agreements = (go_together("user", "password"),)

    def service(self) -> DirectoryService:
        """The values that its reader takes."""
        return DirectoryService(
            id=self.id,
            url=self.url,
            form=self.form,
            every_hours=self.every_hours,
            tenant=self.tenant,
            token=self.token.get_secret_value() if self.token else None,
            user=self.user,
            password=self.password.get_secret_value() if self.password else None,
        )
