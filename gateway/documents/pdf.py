"""Papers as PDF: the structs of papers.py set by the templates of templates/, or by a library's own.

Runs in a process of its own (`python -m gateway.documents.pdf`): a job as JSON comes in, the PDF goes out. So a print takes nothing
from the gateway but two pipes, what it used is given back when it ends, and a template that runs wild is stopped with it.

What a paper says reaches Typst as JSON in `sys.inputs`, where it is text whatever it holds; nothing of it is ever markup. The PDF is
tagged and conforms to PDF/UA-1 and PDF/A-3b. Typst refuses that if a character is in no font: it is then printed as □, and counted.
"""

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from gateway.documents.bars import bars, square
from gateway.documents.job import Job, PaperStyle, Run, stock_named
from gateway.documents.layout import clean
from gateway.documents.papers import CodeKind, PrintedCode
from gateway.documents.template_files import files_of
from gateway.stationery import Symbology

HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "fonts"
NO_GLYPH: Final = "□"
_MOST_CHARACTERS: Final = 600
"""Of one text: more is on no slip, and a title of 10,000 characters is none."""
_MOST_TOGETHER: Final = 20
"""Characters of a word after which a line may break."""
_BREAK: Final = "\u200b"
_MISSING: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_TRIES: Final = 5
STANDARDS: Final = ["ua-1", "a-3b"]
"""For who reads it with a screen reader, and for who keeps it: invoices are kept for years."""
_NICENESS: Final = 10


class TemplateFault(Exception):  # noqa: N818 - a library's mistake, told to it in words
    """A template can't be used; the text says where and why."""


class Rendered(msgspec.Struct, frozen=True):
    """A PDF, and how many different characters were in no font."""

    pdf: bytes
    unwritten: int


def render(job: Job) -> Rendered:
    """Set a job's papers. Raises TemplateFault, Unprintable."""
    data = msgspec.json.encode(_data(job)).decode()
    unwritten: set[str] = set()
    for _ in range(_TRIES):
        try:
            return Rendered(_compiled(job, data, STANDARDS), len(unwritten))
        except typst.TypstError as error:
            missing = set(map(_unescaped, _MISSING.findall(error.diagnostic)))
            if not missing - unwritten:
                raise TemplateFault(_words(error)) from None
            unwritten |= missing
            data = re.sub(f"[{re.escape(''.join(missing))}]", NO_GLYPH, data)
    return Rendered(_compiled(job, data, []), len(unwritten))


def _compiled(job: Job, data: str, standards: list[Any]) -> bytes:
    """Let Typst set it. Raises typst.TypstError."""
    look = job.look
    files: Any = _files(look)  # its manual has files by name, its stubs lack them
    made = typst.compile(
        files,
        font_paths=_fonts(look.fonts),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"job": data, "logo": _logo(look)},
        pdf_standards=standards,
        timestamp=datetime.combine(job.day, time(), UTC),
    )
    assert isinstance(made, bytes), "a PDF is one file"
    return made


@cache
def _fonts(own: tuple[str, ...]) -> Any:
    """Our fonts and the library's own: read once, however often a job is set."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS), *own])


def _files(look: PaperStyle) -> dict[str, bytes]:
    """What Typst may read, by name: our templates, and the library's own in their place. Nothing else of the disk."""
    files = files_of(look)
    for name, data in files.items():
        if _is_binary(data):
            raise TemplateFault(f"{name} is not text in UTF-8.")
    return files


def _logo(look: PaperStyle) -> str:
    """The logo as Typst's inputs take it: an SVG as it is, a picture of dots as a list of its bytes."""
    data = Path(look.logo).read_bytes() if look.logo else b""
    return str(list(data)) if _is_binary(data) else data.decode()


def _is_binary(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _words(error: typst.TypstError) -> str:
    """What Typst says of a mistake: the file and the line, the reason, the hint."""
    return "\n".join(line.rstrip() for line in error.diagnostic.strip().splitlines())


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


# ---- what the templates are given


def _data(job: Job) -> dict[str, Any]:
    return {
        "title": clean(job.title),
        "day": job.day,
        "outlines": job.outlines,
        "runs": [_run(run, job.look) for run in job.runs],
    }


def _run(run: Run, look: PaperStyle) -> dict[str, Any]:
    stock = stock_named(run.stock)
    papers = [{"template": paper.named(), **_fields(paper, look)} for paper in run.papers]
    measures = {**msgspec.structs.asdict(stock), "places": stock.places}
    return {"stock": measures, "start": run.start, "papers": papers}


def _fields(part: msgspec.Struct, look: PaperStyle) -> dict[str, Any]:
    fields = {name: _value(getattr(part, name), look) for name in part.__struct_fields__}
    heading = getattr(part, "heading", None)
    return fields if heading is None else {"heading": heading, **fields}


def _value(value: Any, look: PaperStyle) -> Any:
    """A value as the templates take it: texts cleaned and cut, codes with their drawings, days as YYYY-MM-DD."""
    match value:
        case PrintedCode():
            return _code(value, look)
        case msgspec.Struct():
            return _fields(value, look)
        case tuple():
            return [_value(each, look) for each in value]
        case str():
            return _text(value)
        case None | bool() | date():
            return value
    raise TypeError(f"no template takes a {type(value).__name__}")


def _code(code: PrintedCode, look: PaperStyle) -> Mapping[str, Any]:
    """A code with its drawing, or without one where no bars can say it."""
    text = clean(code.text)
    match code.kind:
        case CodeKind.AT_DESK:
            drawn = square(f"{look.desk.rstrip('/')}/requests/{text}" if look.desk else text)
        case CodeKind.OUR_ITEM:
            drawn = bars(text, look.item_bars)
        case _:
            drawn = bars(text, Symbology.CODE_128)
    return {"text": _cut(text), "svg": drawn and drawn.svg, "modules": drawn and drawn.modules}


def _text(text: str) -> str:
    """One line without control characters, no longer than a slip bears, with places where a long word may break."""
    return " ".join(map(_breakable, _cut(clean(text)).split(" ")))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _breakable(word: str) -> str:
    pieces = range(0, len(word), _MOST_TOGETHER)
    return _BREAK.join(word[start : start + _MOST_TOGETHER] for start in pieces)


# ---- the process


def main() -> int:
    """Read a job, write its PDF; 1 and words where it can't be made. Gives way to the gateway that waits for it."""
    with suppress(OSError):  # a unit or a container may forbid it: then it is done all the same
        os.nice(_NICENESS)
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        made = render(job)
    except (TemplateFault, ValueError, OSError) as fault:
        sys.stderr.write(str(fault))
        return 1
    sys.stderr.write(str(made.unwritten))
    sys.stdout.buffer.write(made.pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
