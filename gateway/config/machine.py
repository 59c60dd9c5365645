"""What the files and folders that the settings name must be like on this machine; `check-config` asks, starting does not.

Works on the tables as they were read, as `checks` does: what isn't of its kind, or isn't there, the models tell of.
"""

import os
import ssl
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gateway.config import keys
from gateway.config.wording import Mistake

_SQLITE: Final = "sqlite:///"
_EXPOSED: Final = "can be read by everybody on this machine, and holds secrets: take that right away (chmod o-r)"
_MISMATCH: Final = "KEY_VALUES_MISMATCH"


def misfits(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Keys that don't belong to their certificate, files that hold none, and a folder for the store that isn't there."""
    for path, table in _tls_tables(data):
        yield from _pair_faults(path, table)
    yield from _store_faults(data)


def exposures(settings: Path, data: Mapping[str, Any], origins: Mapping[keys.Path, str]) -> Iterator[Mistake]:
    """Files with secrets that everybody may read: the settings themselves, private keys, and what is named as file:/path."""
    written = [name for name in keys.table(data, "secrets") if ("secrets", name) not in origins]
    if written and _is_open(settings):
        yield Mistake(("secrets",), f"{settings} {_EXPOSED}")
    for path, file in (*_private_keys(data), *_secret_files(data, ())):
        if _is_open(Path(file)):
            yield Mistake(path, f"{file} {_EXPOSED}")


# ---- certificates


def _tls_tables(data: Mapping[str, Any]) -> Iterator[tuple[keys.Path, Mapping[str, Any]]]:
    yield ("http", "tls"), keys.table(keys.table(data, "http"), "tls")
    yield ("desk", "tls"), keys.table(keys.table(data, "desk"), "tls")
    yield ("acs", "tls"), keys.table(keys.table(data, "acs"), "tls")
    peers = data.get("peers")
    for number, peer in enumerate(peers if isinstance(peers, list) else ()):
        yield ("peers", number, "outbound"), keys.table(peer, "outbound")


def _pair_faults(path: keys.Path, table: Mapping[str, Any]) -> Iterator[Mistake]:
    """Try the files as they will be used. Whoever is asked for a key's password gets none: we start without a person."""
    for name in ("ca", "client_ca"):
        if _is_file(table.get(name)) and not _holds_authorities(table[name]):
            yield Mistake((*path, name), f"{table[name]} holds no certificates (PEM)")
    cert, key = table.get("cert"), table.get("key")
    if not _is_file(cert) or not (key is None or _is_file(key)):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(str(cert), key and str(key), password=lambda: "")
    except ssl.SSLError as error:
        words = (
            f"{key} is not the key of {cert}"
            if error.reason == _MISMATCH
            else f"{cert} and {key or 'itself'} are no certificate and key (PEM) that can be used without a password"
        )
        yield Mistake((*path, "key" if key else "cert"), words)


def _holds_authorities(file: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError:
        return False
    return True


# ---- the store


def _store_faults(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """The folders of a SQLite file and of a mark are made where they are missing, and those around them must be there."""
    store = keys.table(data, "store")
    url, mark = store.get("url"), store.get("mark")
    if isinstance(url, str) and url.startswith(_SQLITE):
        yield from _folder_faults("url", url.removeprefix(_SQLITE))
    if isinstance(mark, str):
        yield from _folder_faults("mark", mark)


def _folder_faults(key: str, file: str) -> Iterator[Mistake]:
    folder = Path(file).parent
    place = folder if os.path.exists(folder) else folder.parent  # noqa: PTH110 - Path's raises PermissionError, as does is_dir
    if not os.path.isdir(place):  # noqa: PTH112
        yield Mistake(("store", key), f"there is no folder {place}")
    elif not os.access(place, os.W_OK | os.X_OK):
        yield Mistake(("store", key), f"nothing can be written to the folder {place}")


# ---- who may read


def _private_keys(data: Mapping[str, Any]) -> Iterator[tuple[keys.Path, str]]:
    for path, table in _tls_tables(data):
        name = "key" if "key" in table else "cert"
        if isinstance(table.get(name), str):
            yield (*path, name), table[name]


def _secret_files(value: Any, path: keys.Path) -> Iterator[tuple[keys.Path, str]]:
    """Every text that names a file's content as a secret, wherever it stands but for the secrets themselves."""
    match value:
        case dict():
            for name, each in value.items():
                if (*path, name) != ("secrets",):
                    yield from _secret_files(each, (*path, name))
        case list():
            for number, each in enumerate(value):
                yield from _secret_files(each, (*path, number))
        case str() if value.startswith("file:"):
            yield path, value.removeprefix("file:")


def _is_open(file: Path) -> bool:
    """Whether everybody may read a file; its group may, for that is how a service's user reads it."""
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and os.access(value, os.R_OK) and Path(value).is_file()
