"""PDFs read back: the codes on the rendered pages, the text, and where the outlines of labels lie."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageFilter, ImageOps
from pypdfium2 import raw

DPI = 200
"""Of a poor office printer, or of a scan of its paper."""
QUIET = 40
"""Pixels around what is printed: 5 mm."""
FORMATS = {
    zxingcpp.BarcodeFormat.Code128: "code128",
    zxingcpp.BarcodeFormat.Code39: "code39",
    zxingcpp.BarcodeFormat.Codabar: "codabar",
    zxingcpp.BarcodeFormat.QRCode: "square",
}


class Box(NamedTuple):
    """A rectangle on a page, in points from its top left corner."""

    left: float
    top: float
    width: float
    height: float


def page_images(pdf: bytes, dpi: int = DPI) -> list[Image.Image]:
    """Render the pages."""
    return list(_images(pdf, dpi))


def _images(pdf: bytes, dpi: int = DPI) -> Iterator[Image.Image]:
    return (page.render(scale=dpi / 72, grayscale=True).to_pil() for page in pdfium.PdfDocument(pdf))


def inked(image: Image.Image) -> Image.Image:
    """Give what is printed on of a page, with the white around it that codes need."""
    left, top, right, bottom = ImageOps.invert(image).getbbox() or (0, 0, *image.size)
    width, height = image.size
    return image.crop(
        (max(left - QUIET, 0), max(top - QUIET, 0), min(right + QUIET, width), min(bottom + QUIET, height))
    )


def blurred(image: Image.Image) -> Image.Image:
    """As a worn ribbon or a hasty camera has it."""
    return image.filter(ImageFilter.GaussianBlur(1.1))


def codes(image: Image.Image) -> set[tuple[str, str]]:
    """Give the kind and the text of every code on a page, as seen at one look; Codabar's start and stop letters are no part of its text."""
    formats = zxingcpp.BarcodeFormats(list(FORMATS))
    found = zxingcpp.read_barcodes(image, formats=formats, try_rotate=False, try_invert=False, try_downscale=False)
    return {(FORMATS[each.format], _text(each)) for each in found}


def unread(pdf: bytes, said: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Give which of these codes are on no page; pages behind the last code aren't looked at."""
    left, images = set(said), _images(pdf)
    while left and (image := next(images, None)):
        left -= codes(image)
    return left


def _text(found: zxingcpp.Barcode) -> str:
    return found.text.strip("ABCD") if found.format == zxingcpp.BarcodeFormat.Codabar else found.text


def texts(pdf: bytes) -> list[str]:
    """Give the text of each page."""
    return [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf)]


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Give width and height of each page, in points."""
    return [page.get_size() for page in pdfium.PdfDocument(pdf)]


def boxes(pdf: bytes, page: int = 0) -> list[Box]:
    """Give every drawn rectangle's outline, in the order of drawing."""
    sheet = pdfium.PdfDocument(pdf)[page]
    height = sheet.get_height()
    return list(_outlines(sheet, height))


def _outlines(sheet: pdfium.PdfPage, height: float) -> Iterator[Box]:
    for drawn in sheet.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=6):
        left, bottom, right, top = drawn.get_bounds()
        yield Box(left, height - top, right - left, top - bottom)
