"""Files of copies in pieces, on both stores."""

import msgspec

from gateway.store.copies_port import PIECE_BYTES, CopyFile
from gateway.store.port import Store
from tests.store.values import later


def scan(name: str = "a" * 64, request: str = "HILL-1", ends: int = 60) -> CopyFile:
    return CopyFile(
        id=name,
        request=request,
        name=f"{request}.pdf",
        content_type="application/pdf",
        by="ann",
        at=later(0),
        ends_at=later(ends),
    )


async def kept(store: Store, file: CopyFile, pieces: int = 2) -> CopyFile:
    """Let a file be there."""
    await store.copies.begin(file)
    for place in range(pieces):
        await store.copies.add_piece(file.id, place, bytes([place]) * PIECE_BYTES)
    whole = msgspec.structs.replace(file, pieces=pieces, size=pieces * PIECE_BYTES, is_complete=True)
    assert await store.copies.finish(whole)
    return whole


async def test_a_file_is_given_out_piece_by_piece_and_counted(store: Store) -> None:
    whole = await kept(store, scan())
    assert await store.copies.file(whole.id) == whole
    assert await store.copies.piece(whole.id, 1) == b"\1" * PIECE_BYTES
    assert await store.copies.piece(whole.id, 2) is None
    await store.copies.note_fetch(whole.id)
    await store.copies.note_fetch(whole.id)
    found = await store.copies.file(whole.id)
    assert found is not None
    assert found.fetched == 2
    assert await store.copies.file("b" * 64) is None


async def test_what_is_being_written_is_not_complete(store: Store) -> None:
    await store.copies.begin(scan())
    found = await store.copies.of_request("HILL-1")
    assert [file.is_complete for file in found] == [False]
    assert await store.copies.of_request("HILL-2") == ()


async def test_a_file_that_was_dropped_meanwhile_is_not_finished(store: Store) -> None:
    await store.copies.begin(scan())
    await store.copies.add_piece(scan().id, 0, b"a piece")
    await store.copies.drop(scan().id)
    assert await store.copies.piece(scan().id, 0) is None
    assert not await store.copies.finish(scan())


async def test_what_has_ended_is_found_by_its_time_and_dropped_with_all_its_pieces(store: Store) -> None:
    await kept(store, scan("a" * 64, ends=60), pieces=20)
    await kept(store, scan("b" * 64, ends=120))
    assert await store.copies.ended(before=later(59)) == ()
    assert await store.copies.ended(before=later(60)) == ("a" * 64,)
    await store.copies.drop("a" * 64)
    assert await store.copies.file("a" * 64) is None
    assert [await store.copies.piece("a" * 64, place) for place in (0, 19)] == [None, None]
    assert await store.copies.ended(before=later(200)) == ("b" * 64,)
    assert await store.copies.piece("b" * 64, 0) is not None
