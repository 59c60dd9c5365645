"""Papers as PDF: every code read back, sheets measured, hostile texts, scripts, a library's own templates."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2 as pdfium
import pytest

from gateway.documents.job import Job, PaperStyle, PrintChoice, Stationery, runs
from gateway.documents.money_samples import INVOICE
from gateway.documents.papers import CodeKind, Paper, PrintedCode
from gateway.documents.pdf import NO_GLYPH, TemplateFault, render
from gateway.documents.samples import COPY_SLIP, PULL_SLIP, SAMPLES
from gateway.documents.template_files import TEMPLATES
from gateway.stationery import STOCKS, PaperName, SheetSize, Symbology, misfit
from tests.documents.reading import blurred, boxes, codes, inked, page_images, sizes, texts, unread

DAY = date(2026, 9, 1)
STOCK_NAMES = list(STOCKS)


def printed(
    *papers: Paper, choice: PrintChoice | None = None, sheet: SheetSize = SheetSize.LETTER, **job: Any
) -> bytes:
    made = runs(papers, Stationery(sheet=sheet), choice or PrintChoice())
    return render(Job(title="Test", day=DAY, runs=made, **job)).pdf


def said(part: Any) -> set[tuple[str, str]]:
    """Every code of a paper, as it is to be read from it."""
    match part:
        case PrintedCode(text=text, kind=kind):
            drawn = {CodeKind.AT_DESK: "square", CodeKind.OUR_ITEM: "codabar"}
            return {(drawn.get(kind, "code128"), text)}
        case msgspec.Struct():
            return {code for field in part.__struct_fields__ for code in said(getattr(part, field))}
        case tuple():
            return {code for each in part for code in said(each)}
    return set()


# ---- codes


@pytest.mark.parametrize("sheet", SheetSize)
@pytest.mark.parametrize("paper", SAMPLES, ids=lambda paper: paper.named())
def test_every_code_is_read_back_from_the_page_and_from_a_blurred_copy(paper, sheet):
    (image,) = map(inked, page_images(printed(paper, sheet=sheet)))
    assert codes(image) == said(paper)
    assert codes(blurred(image)) == said(paper)


@pytest.mark.parametrize("symbology", Symbology)
def test_items_have_the_bars_of_the_librarys_labels(symbology):
    (image,) = page_images(printed(PULL_SLIP, look=PaperStyle(item_bars=symbology)))
    assert (symbology, PULL_SLIP.item.text) in codes(image)


def test_the_square_leads_to_the_desk_where_there_is_one():
    (image,) = page_images(printed(PULL_SLIP, look=PaperStyle(desk="https://desk.example/")))
    assert ("square", "https://desk.example/requests/L-7K3M9-QXT2B") in codes(image)


@pytest.mark.parametrize("text", ["ü-1", "9" * 40, "\x00"])
def test_what_no_bars_can_say_stands_as_text(text):
    slip = msgspec.structs.replace(PULL_SLIP, item=PrintedCode(text=text, kind=CodeKind.OUR_ITEM))
    pdf = printed(slip)
    assert text.strip("\x00") in "".join(texts(pdf)[0].split())
    assert codes(page_images(pdf)[0]) == {("square", "L-7K3M9-QXT2B"), ("code128", "L-7K3M9-QXT2B")}


@pytest.mark.parametrize("name", STOCK_NAMES)
def test_a_paper_keeps_its_codes_on_whatever_stock_it_may_be_printed_on_however_long_its_texts_are(name):
    papers = [paper for paper in SAMPLES if not misfit(paper.named(), name)]
    assert papers
    pdf = printed(
        *(with_texts(paper, "An endless text " * 40, codes_too=False) for paper in papers),
        choice=PrintChoice(stock=name),
    )
    assert unread(pdf, {code for paper in papers for code in said(paper)}) == set()


def test_bars_that_would_be_too_fine_for_a_scanner_are_left_out():
    long = PrintedCode(text="PARTNER-WITH-LONG-NUMBERS-000001", kind=CodeKind.REQUEST)
    pdf = printed(msgspec.structs.replace(SAMPLES[7], request=long), choice=PrintChoice(stock="5160"))
    assert long.text in texts(pdf)[0]
    assert codes(page_images(pdf)[0]) == set()


# ---- sheets


@pytest.mark.parametrize("name", STOCK_NAMES)
def test_a_whole_sheet_meets_its_stock(name):
    """The outlines of all places, and the size of the sheet, to a tenth of a point (0.04 mm)."""
    stock = STOCKS[name]
    pdf = printed(*[SAMPLES[7]] * stock.places, choice=PrintChoice(stock=name), outlines=True)
    ((width, height),) = sizes(pdf)
    assert width == pytest.approx(stock.sheet_width, abs=0.1)
    if stock.flows:
        assert height == pytest.approx(stock.sheet_height or height, abs=0.1)
        return
    assert height == pytest.approx(stock.sheet_height, abs=0.1)
    outlines = [box for box in boxes(pdf) if abs(box.height - stock.height) < 1 and abs(box.width - stock.width) < 1]
    assert len(outlines) == stock.places
    for number, box in enumerate(outlines):
        row, column = divmod(number, stock.across)
        centre = (box.left + box.width / 2, box.top + box.height / 2)
        expected = (
            stock.left + column * stock.pitch_across + stock.width / 2,
            stock.top + row * stock.pitch_down + stock.height / 2,
        )
        assert centre == pytest.approx(expected, abs=0.1)


def test_printing_begins_at_the_first_free_place():
    label, stock = SAMPLES[7], STOCKS["5163"]
    pdf = printed(label, label, label, choice=PrintChoice(stock="5163", start=9), outlines=True)
    assert len(sizes(pdf)) == 2
    first = [box for box in boxes(pdf) if abs(box.height - stock.height) < 1]
    assert [round(box.left) for box in first] == [11, 312]
    assert {round(box.top) for box in first} == {round(stock.top + 4 * stock.pitch_down)}
    assert len([box for box in boxes(pdf, 1) if abs(box.height - stock.height) < 1]) == 1


def test_papers_stand_on_their_sheets_in_the_order_in_which_they_come():
    numbers = [f"L-{number:05d}" for number in range(9)]
    slips = [
        msgspec.structs.replace(PULL_SLIP, our_request=PrintedCode(text=number, kind=CodeKind.REQUEST))
        for number in numbers
    ]
    pages = texts(printed(*slips))
    assert [[number for number in numbers if number in page] for page in pages] == [
        numbers[:4],
        numbers[4:8],
        numbers[8:],
    ]


def test_papers_of_several_stocks_are_one_pdf():
    assert [tuple(map(round, size)) for size in sizes(printed(SAMPLES[2], SAMPLES[5], SAMPLES[7]))] == [
        (792, 612),
        (612, 792),
        (612, 792),
    ]


# ---- PDF/UA


def test_pages_that_follow_say_which_paper_and_which_page_and_no_line_is_torn():
    line = msgspec.structs.replace(INVOICE.lines[0], words="A fee")
    papers = [msgspec.structs.replace(INVOICE, number=f"INV-{place}", lines=(line,) * 40) for place in (1, 2)]
    pages = texts(printed(*papers))
    of_each = len(pages) // 2
    assert of_each > 1
    for place, page in enumerate(pages):
        paper, number = divmod(place, of_each)
        assert (f"INV-{paper + 1} · page {number + 1} of {of_each}" in page) == (number > 0), page
        assert page.count("A fee") == page.count(f"\n{line.amount}") + page.count(f" {line.amount}")


def test_it_is_tagged_has_a_title_and_says_that_it_is_pdf_ua_1():
    pdf = printed(*SAMPLES)
    assert b"pdfuaid:part>1<" in pdf
    assert b"pdfaid:part>3<" in pdf
    document = pdfium.PdfDocument(pdf)
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == "Test"
    assert [bookmark.get_title() for bookmark in document.get_toc()][:2] == ["PULL SLIP · Example Valley Library"] * 2


@pytest.mark.parametrize(
    "title", ["Выдуманный альманах", "Φανταστικό ημερολόγιο", "تقويم خيالي", "אלמנך דמיוני", "Almanaqué ńőż ß"]
)
def test_scripts_that_our_font_has_are_written(title):
    made = render(job_of(title))
    assert made.unwritten == 0
    assert b"pdfuaid:part>1<" in made.pdf


def test_a_character_in_no_font_is_a_box_and_the_pdf_is_accessible_all_the_same():
    made = render(job_of("想像年鑑 and 🦄 more"))
    assert made.unwritten == 5
    assert b"pdfuaid:part>1<" in made.pdf
    page = texts(made.pdf)[0]
    assert NO_GLYPH * 4 in page
    assert "and" in page


def job_of(title: str) -> Job:
    slip = msgspec.structs.replace(PULL_SLIP, work=msgspec.structs.replace(PULL_SLIP.work, title=title))
    return Job(title="Test", day=DAY, runs=runs([slip], Stationery(), PrintChoice()))


# ---- texts of strangers


HOSTILE = [
    '#panic("run")',
    "#sys.inputs",
    '#image("/etc/passwd")',
    '*bold* _it_ $x^2$ `raw` <label> @ref https://example.com/ = Heading - list + more / term: \\ "quotes"',
    '"}]}, "outlines": true, {"',
    "\x00\x1b[2J\u202egnirts\u202c\u200b",
    "<svg onload=alert(1)>",
    "W" * 10_000,
    "word " * 2_000,
    "ﷺ" * 500,
    "a\u0301" * 300,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_whatever_a_partner_writes_is_text(text):
    """In every text of every paper, item barcodes included; each paper is one page, or as many as it had."""
    papers = [with_texts(paper, text) for paper in SAMPLES]
    made = render(Job(title=text, day=DAY, runs=runs(papers, Stationery(), PrintChoice())))
    assert b"pdfuaid:part>1<" in made.pdf
    if text.isascii() and text.isprintable():
        assert "".join(text.split())[:12] in "".join("".join(texts(made.pdf)).split())


def test_markup_in_a_title_is_printed_as_it_stands():
    page = texts(render(job_of('#panic("run") *bold* $x$ <label>')).pdf)[0]
    assert '#panic("run") *bold* $x$ <label>' in " ".join(page.split())


def with_texts(part: Any, text: str, *, codes_too: bool = True) -> Any:
    """The same paper, with this in place of every text."""
    match part:
        case PrintedCode() if not codes_too:
            return part
        case msgspec.Struct():
            fields = {
                field: with_texts(getattr(part, field), text, codes_too=codes_too) for field in part.__struct_fields__
            }
            return type(part)(**{**fields, **({"kind": part.kind} if isinstance(part, PrintedCode) else {})})
        case tuple():
            return tuple(with_texts(each, text, codes_too=codes_too) for each in part)
        case str():
            return text
    return part


def test_a_long_title_leaves_the_codes_on_the_slip():
    slip = msgspec.structs.replace(COPY_SLIP, work=with_texts(COPY_SLIP.work, "An endless title " * 100))
    (image,) = page_images(printed(slip))
    assert codes(image) == said(slip)


# ---- a library's own


def test_a_librarys_template_stands_in_the_place_of_ours(tmp_path: Path):
    (tmp_path / "shipping-label.typ").write_text("#let paper(it) = [Our own label for #it.to.name]\n", encoding="utf-8")
    page = " ".join(texts(printed(SAMPLES[7], SAMPLES[9], look=PaperStyle(templates=str(tmp_path))))[0].split())
    assert "Our own label for Sample City Library" in page
    assert "RETURN" in page


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("#let paper(it) = [\n#it.nonsense]\n", "shipping-label.typ:2:4"),
        ("#let paper(it) = [", "unclosed delimiter"),
        ("#let label(it) = []", "shipping-label.typ has no function “paper”"),
        ("#let paper(it) = { while true { 1 } }", "condition is always true"),
        ('#let paper(it) = read("/etc/passwd")', "file not found"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_place(tmp_path: Path, template: str, words: str):
    (tmp_path / "shipping-label.typ").write_text(template, encoding="utf-8")
    with pytest.raises(TemplateFault) as fault:
        printed(SAMPLES[7], look=PaperStyle(templates=str(tmp_path)))
    assert words in str(fault.value)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_logo_stands_on_what_has_room_for_it(tmp_path: Path, suffix: str):
    logo = tmp_path / f"our.{suffix}"
    if suffix == "svg":
        logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>')
    else:
        page_images(printed(SAMPLES[7]))[0].resize((20, 20)).save(logo)
    assert b"pdfuaid:part>1<" in printed(*SAMPLES, look=PaperStyle(logo=str(logo)))


def test_there_is_a_template_for_each_paper_and_a_sample_of_it():

    assert {path.stem for path in TEMPLATES.glob("*.typ")} == {"main", "common", "money", *PaperName}
    assert {paper.named() for paper in SAMPLES} == set(PaperName)
