"""What holds for every test: a loop that a busy machine cannot hurry, and properties without a time of their own."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, settings

from tests.fakes.steady_loop import SteadyLoop

settings.register_profile(
    "steady",
    deadline=None,  # how long an example takes says what else the machine does
    suppress_health_check=[HealthCheck.too_slow],  # likewise
    derandomize=True,  # the same examples for everybody; coverage-guided fuzzing looks for new ones
)
settings.load_profile("steady")


@pytest.hookimpl
def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], SteadyLoop]]:
    return {"steady": SteadyLoop}
