"""What measured figures may come to, and which came to more."""

from collections.abc import Iterable

import msgspec


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One figure beside its bound, in the same unit."""

    what: str
    value: float
    bound: float
    unit: str

    @property
    def is_missed(self) -> bool:
        """Whether it came to more."""
        return self.value > self.bound

    @property
    def words(self) -> str:
        """As it is told if it is missed."""
        return f"{self.what}: {self.value:,.1f} {self.unit}, bound {self.bound:,g}"


def told(found: Iterable[Measured]) -> int:
    """Print which bounds were missed, and how many were met; return the exit code: 1 if any was missed."""
    each = list(found)
    missed = [one for one in each if one.is_missed]
    print(f"\n{len(each) - len(missed)} of {len(each)} bounds are met")
    print(*(f"missed: {one.words}" for one in missed), sep="\n", flush=True)
    return int(bool(missed))
