"""Who has which request open: at this gateway and at others, as long as they say so."""

from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from gateway.desk.ports import Desk
from gateway.desk.presence import FORGOTTEN_AFTER, NAMED, TOLD_EVERY, Presence, parts
from gateway.store.hearsay_port import SAID_BYTES, HearsayPort
from tests.fakes.clock import FakeTime


class Room:
    """Gateways that hear each other, unless they are cut off."""

    def __init__(self) -> None:
        self.members: list[Earshot] = []
        self.said: list[str] = []


class Earshot:
    """One gateway's part of a room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.is_cut_off = False
        room.members.append(self)

    def on_said(self, hear) -> None:
        self.hear = hear

    async def say(self, words: str) -> None:
        assert len(words.encode()) <= SAID_BYTES
        self._room.said.append(words)
        if not self.is_cut_off:
            for other in self._room.members:
                if other is not self:
                    other.hear(words)


class House:
    """Two gateways on one store."""

    def __init__(self) -> None:
        self.time, self.room = FakeTime(), Room()
        self.ears = [Earshot(self.room) for _ in range(2)]
        self.here, self.there = (self.gateway(ear) for ear in self.ears)

    def gateway(self, ear: Earshot) -> Presence:
        store = SimpleNamespace(hearsay=cast("HearsayPort", ear))
        return Presence(cast("Desk", SimpleNamespace(store=store, now=self.time.now)))


@pytest.fixture
def house() -> House:
    return House()


def test_whoever_has_a_request_open_is_named_to_others_alone(house: House):
    house.here.come("ada", ["L-1", "L-2"])
    assert house.here.words("L-1", "ben") == "ada has this open"
    assert house.here.words("L-1", "ada") == ""
    assert house.here.words("L-3", "ben") == ""
    house.here.come("cy", ["L-1"])
    house.here.come("ben", ["L-1"])
    assert house.here.words("L-1", "ben") == "ada and cy have this open"
    assert house.here.words("L-1", "dan") == "ada, ben and cy have this open"


def test_who_has_it_open_twice_has_it_open_until_both_are_gone(house: House):
    first, second = (house.here.come("ada", ["L-1"]) for _ in range(2))
    first()
    assert house.here.words("L-1", "ben") == "ada has this open"
    second()
    assert house.here.words("L-1", "ben") == ""


def test_no_more_are_named_than_fit(house: House):
    for number in range(NAMED + 3):
        house.here.come(f"person-{number}", ["L-1"])
    assert house.here.words("L-1", "ben").count("person-") == NAMED


def test_who_comes_and_goes_is_news_of_that_request(house: House):
    assert not house.here.changed.is_set()
    go = house.here.come("ada", ["L-1"])
    assert house.here.changed.is_set()
    assert house.here.take_news() == {"L-1"}
    assert house.here.take_news() == set()
    go()
    assert house.here.take_news() == {"L-1"}


async def test_gateways_tell_each_other_who_comes_and_goes(house: House):
    go = house.here.come("ada", ["L-1"])
    await house.here.tell()
    assert house.there.words("L-1", "ben") == "ada has this open"
    assert house.there.take_news() == {"L-1"}
    go()
    await house.here.tell()
    assert house.there.words("L-1", "ben") == ""
    assert house.there.take_news() == {"L-1"}


async def test_nothing_is_said_while_nobody_comes_or_goes(house: House):
    await house.here.tell()
    house.here.come("ada", ["L-1"])
    await house.here.tell()
    await house.here.tell()
    assert len(house.room.said) == 1


async def test_a_gateway_that_begins_is_told_what_the_others_have(house: House):
    house.here.come("ada", ["L-1"])
    await house.there.begin()
    await house.here.tell()
    assert house.there.words("L-1", "ben") == "ada has this open"


async def test_a_gateway_that_is_heard_no_more_is_forgotten_and_one_that_lives_is_not(house: House):
    house.here.come("ada", ["L-1"])
    await house.here.tell()
    house.ears[0].is_cut_off = True
    await house.time.advance((FORGOTTEN_AFTER - TOLD_EVERY).total_seconds())
    house.there.tell_all_again()
    assert house.there.words("L-1", "ben") == "ada has this open"
    await house.time.advance(TOLD_EVERY.total_seconds())
    house.there.tell_all_again()
    assert house.there.words("L-1", "ben") == ""
    house.ears[0].is_cut_off = False
    house.here.tell_all_again()
    await house.here.tell()
    assert house.there.words("L-1", "ben") == "ada has this open"


@pytest.mark.parametrize("words", ["", "{", "[]", '{"gateway": 7}', '{"gateway": "x", "open": {"L-1": "ada"}}'])
def test_what_is_no_message_of_ours_tells_nothing(house: House, words: str):
    house.there.hear(words)
    assert house.there.words("L-1", "ben") == ""


def test_what_is_told_is_cut_to_what_may_be_said_at_once():
    names = tuple("ä" * 64 for _ in range(20))
    cut = list(parts({f"L-{number}": names for number in range(200)}))
    assert [request for part in cut for request in part] == [f"L-{number}" for number in range(200)]
    assert all(len(msgspec.json.encode(part)) < SAID_BYTES - 100 for part in cut)
    assert len(cut) > 1
