"""Which work is meant: looked for in our catalogue and those of partners, and said by staff."""

from typing import Any

from gateway.catalogue.works import Work
from gateway.dispatch.catalogues import Works
from gateway.workflow.values import Identifier, Wanted
from tests.web.known import a_request, keep
from tests.web.live import Live
from tests.web.ordering import ORDER

CLOUDS = Work(
    wanted=Wanted(
        title="A Treatise on Clouds",
        author="Fabulist, Fenella",
        published="2001",
        identifiers=(Identifier(code="ISBN", value="9780804429573"),),
    ),
    where=("Valley", "Brook"),
    parts=("v.1", "v.2"),
)


async def order(live: Live, **fields: Any) -> str:
    status, answer = await live.call("POST", "/borrowing", body=ORDER | fields)
    assert status == 201, answer
    return str(answer["request"])


async def test_staff_get_works_of_all_catalogues_and_ours_is_told_among_them(live: Live):
    live.works = Works(works=(CLOUDS,), words="Catalogues asked: valley: title: 1 record.")
    number = await order(live, title="Clouds", identifiers=[], volumes=["2"])
    status, answer = await live.call("GET", f"/requests/{number}/works")
    assert status == 200, answer
    assert live.wanted_elsewhere[0].title == "Clouds"
    (ours, theirs) = answer["works"]
    assert (ours["is_ours"], ours["title"]) == (True, "The Imaginary Almanac")
    assert (theirs["where"], theirs["parts"], theirs["volume"], theirs["numbers"]) == (
        ["Valley", "Brook"], ["v.1", "v.2"], "2", "ISBN 9780804429573",
    )  # fmt: skip
    assert answer["words"].endswith("Catalogues asked: Example Valley Library: title: 1 record.")


async def test_a_customers_system_asks_our_own_catalogue_alone_unless_orders_are_looked_up_at_once(live: Live):
    live.works = Works(works=(CLOUDS,))
    _, answer = await live.call("GET", "/catalogue/works?title=Clouds")
    assert (live.wanted_elsewhere, len(answer["works"])) == ([], 1)
    object.__setattr__(live.desk.looking, "customers_at_once", True)
    _, answer = await live.call("GET", "/catalogue/works?title=Clouds")
    assert len(answer["works"]) == 2


async def test_a_partners_request_has_no_works_to_choose_from(live: Live):
    await keep(live.store, a_request())
    assert (await live.call("GET", "/requests/r1/works"))[0] == 409


async def test_the_work_goes_with_the_act_that_corrects_it_and_with_no_other(live: Live):
    number = await order(live)
    act = f"/requests/{number}/actions"
    work = {"title": "A Treatise on Clouds", "numbers": "0-8044-2957-X", "volume": "2"}
    status, answer = await live.call("POST", f"{act}/call-off", body={"work": work})
    assert (status, answer["detail"].startswith("work: ")) == (422, True)
    status, answer = await live.call("POST", f"{act}/correct-work", body={"work": {"author": "Nobody"}})
    assert (status, answer["problems"][0]["column"]) == (422, "work.title")
    assert (await live.call("POST", f"{act}/correct-work"))[0] == 409
    status, answer = await live.call("POST", f"{act}/correct-work", body={"work": work})
    assert (status, answer["state"]) == (200, "vetting")
