"""A certificate made for a test, of an authority made for it."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """Files: the authority's certificate, the server's, and its key."""

    ca: str
    cert: str
    key: str


def certificate_for(name: str, folder: Path) -> Certificate:
    """Make a certificate for a name, and write its files."""
    authority = trustme.CA()
    made = authority.issue_cert(name)
    files = Certificate(ca=str(folder / "ca.pem"), cert=str(folder / "cert.pem"), key=str(folder / "key.pem"))
    authority.cert_pem.write_to_path(files.ca)
    made.private_key_pem.write_to_path(files.key)
    for blob in made.cert_chain_pems:
        blob.write_to_path(files.cert, append=True)
    return files
