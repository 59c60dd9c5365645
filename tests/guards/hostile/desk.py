"""What a caller of the API may send who has a token, and JSON that is none."""

import json

BODIES = {
    "brackets": b"[" * 250_000,
    "braces": b'{"a":' * 50_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "a number of digits": b'{"a":' + b"9" * 250_000 + b"}",
    "an exponent": b'{"a": 1e' + b"9" * 1_000 + b"}",
    "a fraction": b'{"a": 0.' + b"1" * 250_000 + b"}",
    "keys without number": json.dumps({f"k{number}": number for number in range(15_000)}).encode(),
    "one key again and again": b"{" + b",".join(b'"title":"x"' for _ in range(20_000)) + b"}",
    "escapes": b'{"title":"' + b"\\u0000" * 40_000 + b'"}',
    "half surrogates": b'{"title":"' + b"\\ud800" * 40_000 + b'"}',
    "no UTF-8": b'{"title":"' + b"\xff" * 100_000 + b'"}',
    "a title as long as fits": b'{"customer":"29999000001234","title":"' + b"x" * 250_000 + b'"}',
    "a note of numbers": json.dumps(
        {"customer": "29999000001234", "title": "x", "note": "29999000001234 " * 130}
    ).encode(),
    "identifiers": json.dumps({"customer": "2", "identifiers": [{"code": "ISBN", "value": "9" * 2000}] * 20}).encode(),
    "barcodes": json.dumps({"barcodes": ["3" * 60] * 4_000}).encode(),
    "a run of barcodes": json.dumps({"first": "1" * 100_000, "last": "2" * 100_000}).encode(),
    "a link": json.dumps({"customer": "29999000001234", "openurl": "?" + "rft.title=a&" * 5_000}).encode(),
    "a link of percents": json.dumps({"customer": "29999000001234", "openurl": "?rft.title=" + "%" * 65_000}).encode(),
    "records": json.dumps({"peers": [{"id": "x" * 60}] * 3_000, "partners": []}).encode(),
    "policy lines": json.dumps({"lines": [{"name": "x", "branches": ["y"] * 50}] * 500}).encode(),
}
CALLS = (
    "/borrowing", "/borrowing/openurl", "/pool", "/policy/try", "/directory/import", "/tokens", "/requests/ILL-1/actions/receive",
)  # fmt: skip
IMPORTS = ("/borrowing/list", "/items/import")
LISTS = {
    "quotes": b"customer,title\n" + b'"' * 900_000,
    "commas": b"customer,title\n" + b"," * 900_000,
    "lines": b"customer,title\n" + b"\n" * 900_000,
    "rows": b"customer,title\n" + b"29999000001234,x\n" * 50_000,
    "a heading of columns": b",".join(b"c%d" % number for number in range(100_000)),
    "a cell of a megabyte": b"customer,title\n29999000001234," + b"x" * 900_000,
    "bytes": bytes(range(256)) * 3_000,
    "semicolons": b"customer;isbn\n29999000001234;" + b"|;" * 400_000,
}
QUERIES = (
    "/requests?limit=" + "9" * 5_000, "/requests?text=" + "%25" * 2_000, "/requests?text=%00", "/requests?state=" + "x" * 5_000,
    "/catalogue/copies?title=" + "a%20" * 160, "/catalogue/copies?isbn=" + "9" * 480, "/catalogue/copies?title=" + "*?^%22" * 80,
    "/requests/" + "%0a" * 1_000, "/tasks?limit=-1", "/partners/%F0%9F%92%A9", "/lists/%2e%2e", "/pool?text=" + "_%25" * 1_000,
)  # fmt: skip
