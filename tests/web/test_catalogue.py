"""Look-ups over the API."""

from gateway.workflow.values import Editions, Identifier, Wanted
from tests.web.known import ALMANAC
from tests.web.live import Live


async def test_what_is_found_comes_with_the_words_of_the_search(live: Live):
    status, answer = await live.call("GET", "/catalogue/copies?isbn=0306406152", role="viewer")
    assert (status, answer["certain"]) == (200, True)
    assert [copy["item_barcode"] for copy in answer["copies"]] == [ALMANAC.item_barcode]
    assert answer["words"] == "Catalogue: ISBN 9780306406157: 1 record."


async def test_every_parameter_is_read(live: Live):
    query = (
        "record=b1&oclc=1&lccn=2&isbn=3&issn=4&title=t&author=a&year=1998&edition=2&volume=5&issue=6&any_edition=true"
    )
    await live.call("GET", f"/catalogue/copies?{query}")
    assert live.wanted == [
        Wanted(
            record_id="b1",
            identifiers=tuple(
                Identifier(code=code, value=str(place))
                for place, code in enumerate(("OCLC", "LCCN", "ISBN", "ISSN"), 1)
            ),
            title="t",
            author="a",
            published="1998",
            edition="2",
            editions=Editions.ANY,
            volumes=("5",),
            issue="6",
        )
    ]


async def test_a_silent_catalogue_is_an_answer_that_proves_nothing(live: Live):
    _, answer = await live.call("GET", "/catalogue/copies?title=Silence")
    assert (answer["copies"], answer["certain"]) == ([], False)
    assert answer["words"] == "The catalogue can't be asked: there is no connection."


async def test_something_must_be_looked_for(live: Live):
    status, answer = await live.call("GET", "/catalogue/copies?title=%20")
    assert status == 422
    assert answer["detail"].startswith("Say what is looked for: oclc, lccn, isbn, issn, record, title")


async def test_a_text_without_end_is_refused(live: Live):
    assert (await live.call("GET", f"/catalogue/copies?title={'x' * 501}"))[0] == 422
