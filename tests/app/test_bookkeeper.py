"""What the settings say of groups of our own is what facts go by: partners of such a group are under our own administration."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.app.building import make_bookkeeper
from gateway.app.ground import Ground, lay
from gateway.dispatch.bookkeeping import Bookkeeper, folded
from gateway.store.facts_port import Changed
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import State
from tests.fakes.clock import FakeTime
from tests.fakes.directory import put
from tests.fakes.small_settings import small_settings
from tests.web.known import START, a_request


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """Of a library that counts the partners of its group “branches” as its own."""
    settings = small_settings(tmp_path, more='[figures]\nown_groups = ["branches"]\n')
    ground = lay(settings, FakeTime(START))
    await ground.store.open()
    await ground.store.migrate()
    try:
        yield ground
    finally:
        await ground.store.close()


def is_own(keeper: Bookkeeper, partner: str) -> bool:
    """Whether a loan to this partner counts as one within the house."""
    loan = a_request(state=State.LOANED, partner=partner)
    (one,) = folded([Changed(line=1, changed=1, request=loan, fact=None, lines=())], keeper._house())
    return one.fact.own


async def test_partners_of_our_own_groups_are_ours_as_their_groups_are_by_now(ground: Ground):
    branch = Partner(id="east", name="East Branch", peer="hub", symbols=("ISIL:XX-EAST",), groups=("near", "branches"))
    member = Partner(id="hills", name="Specimen Hills Library", peer="hub", symbols=("ISIL:XX-SHL",), groups=("near",))
    alone = Partner(id="valley", name="Example Valley Library", peer="hub", symbols=("ISIL:XX-EVL",))
    await put(ground.store, Peer(id="hub"), branch, member, alone)
    keeper = make_bookkeeper(ground)
    await ground.directory.refresh()
    assert [is_own(keeper, name) for name in ("east", "hills", "valley")] == [True, False, False]

    await put(ground.store, Partner(id="east", name="East Library", peer="hub", symbols=("ISIL:XX-EAST",)))
    await ground.directory.refresh()
    assert not is_own(keeper, "east"), "it is governed apart from now on"
