"""What the doctor found about one subject. Pure data."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How something stands."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"
    UNSEEN = "not looked at"


class DoctorFinding(msgspec.Struct, frozen=True):
    """What was found about one subject, and what to do about it."""

    subject: str
    level: Level
    words: str
    act: str = ""
