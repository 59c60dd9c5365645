"""`borrow new | openurl | import | customer` against a live API."""

from decimal import Decimal
from pathlib import Path

from gateway.store.port import RequestFilter
from gateway.workflow.borrowing_records import Borrowing, Concern, Doubt, LenderLine, LoanTerms
from gateway.workflow.records import Copy, Item, ItemPlace, Role, State
from gateway.workflow.values import Money, PostalAddress
from tests.commands.shell import Shell
from tests.web.known import a_request, keep

CARD = "20000000090031"
NEW = ("borrow", "new", "--customer", CARD, "--pickup", "Main", "--title", "The Imaginary Almanac")
LIST = f"customer,title,pickup\n{CARD},The Imaginary Almanac,Main\n{CARD},Another Almanac,East\n"


async def test_a_new_order_says_its_request(shell: Shell):
    options = ("--id", "ISBN", "0306406152", "--need-before", "2027-01-31", "--max-cost", "10", "eur", "--volume", "2")
    ran = await shell.run(*NEW, *options, "--record-id", "b1234")
    (request,) = await shell.live.store.requests(RequestFilter())
    assert (ran.code, ran.out) == (0, f"Request {request.id} is “vetting”.\n")
    assert request.wanted.volumes == ("2",)
    assert request.wanted.record_id == "b1234"
    assert request.max_cost is not None
    assert request.max_cost.currency == "EUR"


async def test_the_same_key_says_that_it_was_there(shell: Shell):
    first = await shell.run(*NEW, "--key", "form-17", "--json")
    second = await shell.run(*NEW, "--key", "form-17")
    assert second.out == f"Request {first.json['request']} is “vetting”. It was made before.\n"


async def test_what_is_wrong_with_an_order_is_a_failure_in_words(shell: Shell):
    ran = await shell.run("borrow", "new", "--customer", CARD, "--title", "An Almanac", "--level", "Yesterday")
    assert ran.code == 1
    assert ran.err.splitlines()[0] == "The order can't be taken as it is."
    assert [line.partition(":")[0].strip() for line in ran.err.splitlines()[1:]] == ["--pickup", "--level"]


async def test_a_link(shell: Shell):
    ran = await shell.run("borrow", "openurl", "--customer", CARD, "--pickup", "Main", "rft.btitle=An+Almanac")
    assert ran.code == 0
    (request,) = await shell.live.store.requests(RequestFilter())
    assert request.wanted.title == "An Almanac"


async def test_a_list_is_looked_at_then_imported_then_known(shell: Shell, tmp_path: Path):
    path = tmp_path / "orders.csv"
    path.write_text(LIST)
    looked = await shell.run("borrow", "import", "--preview", str(path))
    assert looked.out.startswith("2 requests, 0 errors, 0 warnings: the list can be imported.\n")
    assert await shell.live.store.requests(RequestFilter()) == ()
    imported = await shell.run("borrow", "import", str(path))
    assert imported.out.splitlines()[-1] == "2 requests imported, 0 were there before."
    again = await shell.run("borrow", "import", str(path))
    assert again.out.splitlines()[-1] == "0 requests imported, 2 were there before."
    assert len(await shell.live.store.requests(RequestFilter())) == 2


async def test_an_error_in_a_list_is_told_with_its_line(shell: Shell, tmp_path: Path):
    path = tmp_path / "orders.csv"
    path.write_text(f"{LIST}{CARD},A Third Almanac,Nowhere\n")
    ran = await shell.run("borrow", "import", str(path))
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "The list can't be taken as it is; nothing was imported.",
        "  row 4, pickup branch: not a pickup branch; those are East, Main",
    ]
    problems = await shell.run("borrow", "import", "--problems", str(path))
    assert problems.out.splitlines()[0] == 'line,result,column,"what is wrong, or what is asked for"'


async def test_a_file_that_is_not_there(shell: Shell, tmp_path: Path):
    ran = await shell.run("borrow", "import", str(tmp_path / "missing.csv"))
    assert (ran.code, "can't be read" in ran.err) == (1, True)


async def test_who_asked(shell: Shell):
    request = (await shell.run(*NEW, "--name", "Inventa Person", "--json")).json["request"]
    ran = await shell.run("borrow", "customer", request, "--reason", "At the desk.")
    assert ran.out.splitlines() == [f"barcode  {CARD}", "name     Inventa Person"]
    looked = (await shell.run("borrow", "look-ups", "--by", "first-admin")).out
    assert f"first-admin  {request}  Looked up who asked: At the desk." in looked
    assert CARD not in looked


async def test_a_request_of_ours_is_shown_with_its_lenders_and_terms(shell: Shell):
    line = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL", score=30, reason="free +10, reciprocal +20")
    borrowing = Borrowing(
        pickup_branch="Main",
        copyright="US-CCG",
        doubts=(Doubt(concern=Concern.CUSTOMER, words="The card has expired.", stops=True),),
        asked=(line,),
        lenders=(line,),
        terms=LoanTerms(cost=Money(amount=Decimal("12.50"), currency="EUR"), conditions=("LibraryUseOnly",)),
        lender_items=("9001",),
        return_to=PostalAddress(line1="1 Imaginary Road"),
        return_name="Example Valley Library",
    )
    item = Item(copy=Copy(item_barcode="P-1", branch="Main"), place=ItemPlace.AT_DESK)
    request = a_request(
        "B-1",
        State.ON_SHELF,
        role=Role.BORROWING,
        borrowing=borrowing,
        supplying_agency="ISIL:XX-EVL",
        items=(item,),
    )
    await keep(shell.live.store, request)
    shown = (await shell.run("requests", "show", "B-1")).out
    for words in (
        "pickup at  Main",
        "copyright  US-CCG",
        "doubt      The card has expired. Only a manager can override this.",
        "asked 1    valley (ISIL:XX-EVL), score 30: free +10, reciprocal +20",
        "terms      12.50 EUR, LibraryUseOnly",
        "their item 9001",
        "return to  Example Valley Library, 1 Imaginary Road",
        "item       P-1, Main Library, on the hold shelf",
        "send-back",
    ):
        assert words in shown, shown
