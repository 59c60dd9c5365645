"""[figures]: what the library's own figures go by."""

from gateway.config.kinds import Name, YearlyDay
from gateway.config.section import Section


class Figures(Section):
    """[figures]: when the fiscal year begins, and who is one of us."""

    fiscal_year_begins: YearlyDay = "07-01"
    own_groups: tuple[Name, ...] = ()
    """Groups of partners that are under our own administration: what goes to and fro between us and these is no interlibrary loan."""
