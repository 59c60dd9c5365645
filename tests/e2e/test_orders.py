"""Orders of customers over sockets: by API, OpenURL and CSV, each looked at with the demonstration circulation system.

What becomes of them at lenders is played elsewhere; here each comes to where staff, or the lenders, go on.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.talk import SaidNo

RITA, BORIS, BELLA = "20000000000048", "20000000000055", "20000000000063"
DEADLINE_S = 180.0
UNKNOWN = "The Book That Nobody Wrote"


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something to be true, and give it."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {DEADLINE_S:g} s")


def vetted(stack: Stack, request_id: str) -> dict[str, Any]:
    """The request once it was looked at."""

    def shown() -> Any:
        found = stack.api.get(f"/requests/{request_id}")
        return found if found["request"]["state"] != "vetting" else None

    found: dict[str, Any] = until(shown, f"{request_id} looked at")
    return found


def tasks(stack: Stack, request_id: str) -> set[str]:
    """What staff are asked about a request."""
    return {task["kind"] for task in vetted(stack, request_id)["tasks"]}


def test_an_order_by_api_for_a_blocked_customer_is_staffs(stack: Stack):
    answer = stack.api.post("/borrowing", {"customer": BELLA, "pickup_branch": "EXC", "title": UNKNOWN})
    assert tasks(stack, answer["request"]) == {"customer may not borrow"}


def test_an_order_by_link_for_what_we_have_is_held_for_the_customer(stack: Stack):
    title = next(title for title in demonstration_collection().titles if title.record_id == "ex000001")
    link = f"http://resolver.example/?ctx_ver=Z39.88-2004&rft.genre=book&rft_id=info:oclcnum/{title.oclc}"
    answer = stack.api.post("/borrowing/openurl", {"customer": RITA, "pickup_branch": "SMP", "openurl": link})
    assert tasks(stack, answer["request"]) == set()
    until(lambda: vetted(stack, answer["request"])["request"]["state"] == "served from our own shelves", "held")


def test_a_list_is_imported_once_and_goes_on_to_the_lenders(stack: Stack, tmp_path: Path):
    path = tmp_path / "orders.csv"
    path.write_text(f"customer,title,pickup\n{BORIS},{UNKNOWN},EXC\n{BORIS},{UNKNOWN} Again,SPR\n", encoding="utf-8")
    assert stack.command("borrow", "import", "--preview", str(path)).startswith("2 requests, 0 errors")
    assert "2 requests imported, 0 were there before." in stack.command("borrow", "import", str(path))
    assert "0 requests imported, 2 were there before." in stack.command("borrow", "import", str(path))
    ours = [
        line["id"] for line in stack.api.get("/requests?q=nobody%20wrote")["requests"] if line["role"] == "borrowing"
    ]
    lists = [vetted(stack, each)["request"]["borrowing"] for each in ours]
    assert [each["pickup_branch"] for each in lists].count("SPR") == 1


def test_nothing_of_a_customer_is_in_requests_history_or_log(stack: Stack):
    body = {"customer": RITA, "name": "Rita Reader", "pickup_branch": "EXC", "title": f"{UNKNOWN} At Last"}
    request_id = stack.api.post("/borrowing", body)["request"]
    shown = [vetted(stack, request_id), stack.api.get(f"/requests/{request_id}/timeline")]
    texts = [*map(str, shown), (stack.directory / "gateway.log").read_text(encoding="utf-8")]
    assert not [word for word in (RITA, "Reader", "rita@") for text in texts if word in text]
    with pytest.raises(SaidNo, match="It tells of a customer: e-mail address"):
        stack.api.post(f"/requests/{request_id}/actions/call-off", {"reason": "Told rita@example.org so."})
    looked = stack.api.get(f"/requests/{request_id}/customer?reason=At%20the%20desk")
    assert looked["customer"] == {"barcode": RITA, "name": "Rita Reader"}
    timeline = stack.api.get(f"/requests/{request_id}/timeline")["entries"]
    assert [each["by"] for each in timeline if "Looked up who asked" in each["words"]] == ["demo"]
