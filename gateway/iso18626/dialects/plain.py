"""A peer that speaks the standard and nothing beside it: what is not known to be anything else."""

from typing import Final

from gateway.iso18626.dialects.habits import Dialect

DIALECT: Final = Dialect(name="plain")
