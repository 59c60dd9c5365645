import pytest

from tests.dispatch.house import House
from tests.dispatch.performers.performed import Starts


@pytest.fixture
def starts(house: House, monkeypatch: pytest.MonkeyPatch) -> Starts:
    return Starts(house, monkeypatch)
