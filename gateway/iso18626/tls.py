"""TLS settings for both directions, and who a client is by its certificate.

Files are read when these functions are called, at the start of the process.
"""

import hashlib
import ssl
from typing import Any


def client_tls(
    *, ca_file: str | None = None, cert_file: str | None = None, key_file: str | None = None
) -> ssl.SSLContext:
    """The TLS settings for a peer: whom to trust (None: the system's authorities) and our own certificate.

    Reads the files when called; raises OSError (ssl.SSLError is one) if that fails.
    """
    context = ssl.create_default_context(cafile=ca_file)
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    return context


def server_tls(*, cert_file: str, key_file: str | None = None, client_ca_file: str | None = None) -> ssl.SSLContext:
    """The TLS settings of our own listener; with `client_ca_file`, peers may show a certificate of those authorities.

    Showing one is up to the client, since each peer may prove itself in a way of its own; one that is shown is
    verified in the handshake. Reads the files when called; raises OSError (ssl.SSLError is one) if that fails.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client_ca_file)
    context.load_cert_chain(cert_file, key_file)
    context.verify_mode = ssl.CERT_OPTIONAL if client_ca_file is not None else ssl.CERT_NONE
    return context


def certificate_shown(tls: ssl.SSLObject | None) -> tuple[str | None, str | None]:
    """Common name and SHA-256 fingerprint of the certificate that the client showed and the handshake verified."""
    der = tls.getpeercert(binary_form=True) if tls is not None else None
    details = tls.getpeercert() if tls is not None else None
    if der is None or not details:  # `details` is empty for a certificate that nobody has verified
        return None, None
    subject: Any = details["subject"]  # relative names, each a tuple of (key, value)
    names = [value for relative_name in subject for key, value in relative_name if key == "commonName"]
    return names[0] if len(names) == 1 else None, hashlib.sha256(der).hexdigest()
