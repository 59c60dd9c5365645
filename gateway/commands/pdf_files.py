"""`--pdf FILE`, and what it is printed on: shared by all commands that print papers."""

import argparse
from pathlib import Path
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, made
from gateway.commands.output import print_json
from gateway.desk.structs.papers import PrintQuery


def pdf_flags() -> argparse.ArgumentParser:
    """Return the flags, as a parent of the commands that print."""
    flags = argparse.ArgumentParser(add_help=False)
    flags.add_argument("--pdf", type=Path, metavar="FILE", help="write a PDF in place of text")
    flags.add_argument("--printer", help="PDF: for this printer of the settings ([papers.printers])")
    flags.add_argument("--stock", help="PDF: on this stock (“papers stocks” lists them)")
    flags.add_argument("--start", type=int, metavar="NUMBER", help="PDF: the first free place on the first sheet (1)")
    return flags


def save_pdf(options: argparse.Namespace, *path: str, query: type[PrintQuery], **fields: Any) -> int:
    """Fetch papers as a PDF and write them to the file that was named. Raises Failure."""
    how = made(query, **fields, format="pdf", printer=options.printer, stock=options.stock, start=options.start)
    data = ApiClient.of(options).ask("GET", *path, query=how).data
    write_pdf(options.pdf, data)
    if options.json:
        print_json({"pdf": str(options.pdf), "bytes": len(data)})
    return 0


def write_pdf(file: Path, data: bytes) -> None:
    """Write a PDF. Raises Failure."""
    try:
        file.write_bytes(data)
    except OSError as error:
        raise Failure(f"{file} can't be written: {error.strerror}.") from None
