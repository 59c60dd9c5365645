"""Gateway, ACS and partner as processes, and two libraries with all of theirs, shared by the tests of a module."""

from collections.abc import Callable, Iterator

import pytest

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.borrowing_scene import fill_pool
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack

MakeScene = Callable[..., Scene]


@pytest.fixture(scope="module", autouse=True)
def loaded(born_loaded: None) -> None:
    """What these tests show is not how processes start."""


@pytest.fixture(scope="module")
def module_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        stack.import_items()
        yield stack


@pytest.fixture
def stack(module_stack: Stack) -> Stack:
    """The stack with everybody alive and well-behaved; ACS and partner with fresh books."""
    for process in module_stack.processes:
        if not process.alive:
            process.start()
    module_stack.acs.ask("reset")
    module_stack.partner.post("/reset")
    return module_stack


@pytest.fixture
def scene(stack: Stack) -> MakeScene:
    """Makes the scene for a title of the demonstration collection, by its record id."""

    def make(record_id: str) -> Scene:
        title = next(title for title in demonstration_collection().titles if title.record_id == record_id)
        return Scene(stack, stack.api, {"title": title.title, "oclc": title.oclc})

    return make


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Two libraries with all their items, and barcodes of the pool for what they borrow."""
    with Neighbours(tmp_path_factory.mktemp("both")) as running:
        running.valley.import_items()
        running.hills.import_items()
        fill_pool(running)
        yield running
