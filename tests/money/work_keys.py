"""Keys of work of a table of money: what its decisions take back is asked for by some of them."""

from collections.abc import Collection
from typing import Any

from gateway.money.engine import Decision
from gateway.workflow.effects import WorkKey


def asked_for(made: Collection[Decision[Any, Any]]) -> set[WorkKey]:
    return {effect.key for each in made for effect in each.effects}


def taken_back(made: Collection[Decision[Any, Any]]) -> set[WorkKey]:
    return {key for each in made for key in each.withdraw}
