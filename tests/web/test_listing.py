"""Lists of peers and partners over the API: whole or not at all."""

import json
from typing import Any

from tests.partners.test_directory_service import CROSSLINK
from tests.web.live import Live

EAST = {"id": "east", "name": "Example East Library", "peer": "east", "symbols": ["ISIL:XX-E"]}
LIST: dict[str, Any] = {
    "peers": [{"id": "east", "url": "https://east.example.org/", "agencies": ["ISIL:XX-E"]}],
    "partners": [EAST],
}
CSV = {"Content-Type": "text/csv"}


async def post(live: Live, path: str, text: str, kind: str = "application/json") -> tuple[int, Any]:
    async with live.http.post(
        f"{live.url}/api/v1{path}",
        data=text.encode(),
        headers={"Authorization": f"Bearer {live.tokens['admin']}", "Content-Type": kind},
    ) as answer:
        return answer.status, await answer.json()


async def exported(live: Live, form: str) -> str:
    _, answer = await live.call("GET", f"/directory/export?format={form}")
    return answer if isinstance(answer, str) else json.dumps(answer)


async def test_what_was_exported_changes_nothing_when_it_is_imported(live: Live):
    await post(live, "/directory/import", json.dumps(LIST))
    version = await live.store.directory_version()
    for form, kind in (("json", "application/json"), ("csv", "text/csv")):
        status, answer = await post(live, "/directory/import", await exported(live, form), kind)
        assert (status, answer["changes"]) == (200, [])
        assert answer["unchanged"] == (4 if form == "json" else 2)
    assert await live.store.directory_version() == version


async def test_a_directory_for_others_holds_nothing_of_ours(live: Live):
    ours = {"account": "20000000090015", "notes": "Kind people.", "groups": ["consortium"]}
    catalogue = {
        "url": "https://east.example.org/sru",
        "product": "koha",
        "user": "hill",
        "password": "secret:peer-east",
    }
    await post(live, "/directory/import", json.dumps(LIST | {"partners": [EAST | ours | {"catalogue": catalogue}]}))
    written = await exported(live, "plain")
    east = next(each for each in json.loads(written)["libraries"] if each["id"] == "east")
    assert (east["symbols"], east["url"]) == (["ISIL:XX-E"], "https://east.example.org/")
    assert east["catalogue"] == {"url": "https://east.example.org/sru", "product": "koha"}
    assert not any(
        word in written for word in ("20000000090015", "Kind people", "consortium", "hill", "secret:peer-east")
    )


async def test_a_list_is_written_whole_with_its_history_and_once(live: Live):
    status, answer = await post(live, "/directory/import", json.dumps(LIST))
    assert status == 200
    assert [(change["kind"], change["id"], change["what"]) for change in answer["changes"]] == [
        ("peer", "east", "added"),
        ("partner", "east", "added"),
    ]
    assert [line["what"] for line in (await live.call("GET", "/partners/east/history"))[1]["history"]] == ["imported"]
    assert len(live.directory_changes) == 1
    assert (await post(live, "/directory/import", json.dumps(LIST)))[1]["changes"] == []


async def test_a_dry_run_says_what_would_change_and_changes_nothing(live: Live):
    text = "id,email\nvalley,ill@valley.example.org\n"
    _, answer = await post(live, "/directory/import?dry_run=true", text, "text/csv")
    assert answer["changes"] == [
        {
            "kind": "partner",
            "id": "valley",
            "what": "changed",
            "fields": {"email": {"before": None, "after": "ill@valley.example.org"}},
        }
    ]
    assert await live.store.directory_version() == 0


async def test_one_mistake_and_nothing_is_written(live: Live):
    wrong = {
        "peers": [{"id": "p", "url": "ftp://x"}],
        "partners": [EAST | {"symbols": ["isil:xx-evl"], "peer": "p"}, EAST],
    }
    status, answer = await post(live, "/directory/import", json.dumps(wrong))
    assert status == 422
    assert answer["problems"] == [
        {"row": 2, "column": "id", "words": "“east” stands in row 1 too"},
        {"row": 1, "column": "peers.url", "words": "must be an address that begins with http:// or https://"},
        {"row": 1, "column": "symbols", "words": "“isil:xx-evl” belongs to Example Valley Library"},
        {"row": 2, "column": "peer", "words": "there is no peer “east”"},
    ]
    assert await live.store.directory_version() == 0


async def test_a_directory_service_is_read_looked_at_and_taken_once(live: Live):
    _, seen = await post(live, "/directory/import-service?dry_run=true", json.dumps(CROSSLINK))
    assert (len(seen["changes"]), await live.store.directory_version()) == (2, 0)
    _, taken = await post(live, "/directory/import-service", json.dumps(CROSSLINK))
    assert [change["id"] for change in taken["changes"]] == ["east", "east"]
    _, again = await post(live, "/directory/import-service", json.dumps(CROSSLINK))
    assert (again["changes"], again["unchanged"]) == ([], 2)
    (line,) = (await live.call("GET", "/partners/east/history"))[1]["history"]
    assert line["what"] == "imported from a directory service"


async def test_what_is_no_list_is_refused(live: Live):
    assert (await post(live, "/directory/import", "x", "text/plain"))[0] == 422
    assert (await post(live, "/directory/import", "["))[0] == 422
    assert (await post(live, "/directory/import-service", "["))[0] == 400
    assert (await live.call("GET", "/directory/export?format=xls"))[0] == 422
