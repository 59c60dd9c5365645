"""What directory services tell, on both stores."""

import msgspec

from gateway.partners.directory_entry import Entry
from gateway.partners.proposals import DirectoryTold
from gateway.store.port import Store
from gateway.store.told_port import Reading
from tests.store.values import later

EAST = Entry(name="East", symbols=("ISIL:XX-E", "OCLC:EXE"), url="https://east.example.org/")
WEST = Entry(name="West", symbols=("ISIL:XX-W",))


async def test_all_that_a_directory_tells_takes_the_place_of_what_it_told(store: Store) -> None:
    await store.told.keep("one", [EAST, WEST], at=later(0))
    await store.told.keep("other", [WEST], at=later(0))
    changed = msgspec.structs.replace(EAST, email="ill@east.example.org")
    await store.told.keep("one", [changed, changed], at=later(1))
    assert await store.told.told() == (
        DirectoryTold(directory="one", entry=changed),
        DirectoryTold(directory="other", entry=WEST),
    )
    assert await store.told.readings() == (
        Reading(directory="one", at=later(1), entries=1),
        Reading(directory="other", at=later(0), entries=1),
    )


async def test_what_was_declined_stays_so(store: Store) -> None:
    await store.told.keep("one", [EAST, WEST], at=later(0))
    told = DirectoryTold(directory="one", entry=EAST)
    await store.told.decline(told)
    await store.told.keep("one", [EAST, WEST], at=later(1))
    assert [each.declined for each in await store.told.told()] == [told.digest, None]


async def test_trouble_takes_nothing_away(store: Store) -> None:
    await store.told.keep("one", [EAST], at=later(0))
    trouble = Reading(directory="one", at=later(1), trouble="There is no connection.")
    await store.told.note_trouble(trouble)
    assert await store.told.readings() == (trouble,)
    assert len(await store.told.told()) == 1
