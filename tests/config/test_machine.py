"""What check-config says of the files and folders that the settings name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from gateway.config import ConfigError, Settings, check, load
from tests.config.conftest import MINIMUM

Look = Callable[..., tuple[str, ...]]


@pytest.fixture
def found(tmp_path: Path) -> Look:
    """`found(toml, env, mode=0o600)`: what is wrong with the minimum and these lines on this machine."""

    def look(toml: str = "", env: dict[str, str] | None = None, *, mode: int = 0o600) -> tuple[str, ...]:
        path = tmp_path / "ill-gateway.toml"
        store = "" if "[store]" in toml else f'[store]\nurl = "sqlite:///{tmp_path}/gateway.sqlite"\n'
        path.write_text(MINIMUM + store + toml)
        path.chmod(mode)
        assert isinstance(load(path, env or {}), Settings), "it keeps nobody from starting"
        try:
            check(path, env or {})
        except ConfigError as error:
            return error.problems
        return ()

    return look


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two certificates with their keys, and the authority of both."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in ("one", "two"):
        issued = authority.issue_cert(f"{name}.example.org")
        issued.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))
        issued.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        (tmp_path / f"{name}.key").chmod(0o600)
    (tmp_path / "note.txt").write_text("not a certificate")
    return tmp_path


def http_tls(folder: Path, cert: str, key: str, ca: str = "ca.pem") -> str:
    return f'[http.tls]\ncert = "{folder}/{cert}"\nkey = "{folder}/{key}"\nclient_ca = "{folder}/{ca}"\n'


def test_a_certificate_with_its_own_key_is_well(found: Look, files: Path):
    assert found(http_tls(files, "one.pem", "one.key")) == ()


def test_a_key_of_another_certificate_is_told_of(found: Look, files: Path):
    assert found(http_tls(files, "one.pem", "two.key")) == (
        f"http.tls.key: {files}/two.key is not the key of {files}/one.pem",
    )


def test_what_is_no_certificate_is_told_of(found: Look, files: Path):
    (key, authorities) = found(http_tls(files, "note.txt", "one.key", "note.txt"))
    assert key.startswith(f"http.tls.client_ca: {files}/note.txt holds no certificates")
    assert authorities.startswith(f"http.tls.key: {files}/note.txt and {files}/one.key are no certificate and key")


def test_the_circulation_systems_and_the_peers_files_are_looked_at_too(found: Look, files: Path):
    pair = f'cert = "{files}/one.pem"\nkey = "{files}/two.key"\n'
    peer = '[[peers]]\nid = "east"\n[peers.inbound]\nnetworks = ["192.0.2.1"]\n[peers.outbound]\n'
    told = found(f"[acs.tls]\n{pair}{peer}{pair}")
    assert [each.partition(":")[0] for each in told] == ["acs.tls.key", "peers[east].outbound.key"]


def test_a_key_with_a_password_asks_nobody_and_is_told_of(found: Look, files: Path):
    key = (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
        "AAAA\n-----END RSA PRIVATE KEY-----\n"
    )
    (files / "one.key").write_text(key)
    (told,) = found(http_tls(files, "one.pem", "one.key"))
    assert told.endswith("that can be used without a password")


SECRETS = '[secrets]\nacs = "hush"\n'


def test_settings_with_secrets_that_everybody_may_read_are_told_of(found: Look, tmp_path: Path):
    (told,) = found(SECRETS, mode=0o644)
    assert told.startswith(f"secrets: {tmp_path}/ill-gateway.toml can be read by everybody on this machine")
    assert found(SECRETS, mode=0o640) == (), "its group may: that is how a service's user reads it"
    assert found(mode=0o644) == (), "without secrets anybody may"


def test_secrets_out_of_the_environment_are_not_in_the_file(found: Look):
    assert found("", {"ILL_GATEWAY_SECRETS__ACS": "hush"}, mode=0o644) == ()


def test_a_file_of_a_secret_and_a_key_that_everybody_may_read_are_told_of(found: Look, files: Path):
    (files / "one.key").chmod(0o644)
    (files / "token").write_text("hush")
    (files / "token").chmod(0o644)
    toml = f'[[peers]]\nid = "east"\n[peers.inbound]\nbearer = "file:{files}/token"\n{http_tls(files, "one.pem", "one.key")}'
    assert [each.partition(" can be read")[0] for each in found(toml)] == [
        f"http.tls.key: {files}/one.key",
        f"peers[east].inbound.bearer: {files}/token",
    ]


def test_a_folder_that_is_not_there_is_told_of(found: Look, tmp_path: Path):
    assert found(f'[store]\nurl = "sqlite:///{tmp_path}/var/gateway.sqlite"\n') == (), "the last folder is made"
    assert found(f'[store]\nurl = "sqlite:///{tmp_path}/vra/lib/gateway.sqlite"\n') == (
        f"store.url: there is no folder {tmp_path}/vra",
    )


def test_the_folder_of_a_mark_is_looked_at_too(found: Look, tmp_path: Path):
    assert found(f'[store]\nmark = "{tmp_path}/var/gateway.mark"\n') == (), "the last folder is made"
    assert found(f'[store]\nmark = "{tmp_path}/vra/lib/gateway.mark"\n') == (
        f"store.mark: there is no folder {tmp_path}/vra",
    )


def test_a_folder_that_can_not_be_looked_at_is_told_of_like_one_that_is_not_there(found: Look, tmp_path: Path):
    beyond = tmp_path / ("long" * 100)
    assert found(f'[store]\nurl = "sqlite:///{beyond}/var/gateway.sqlite"\n') == (
        f"store.url: there is no folder {beyond}",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_to_is_told_of(found: Look, tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert found(f'[store]\nurl = "sqlite:///{closed}/gateway.sqlite"\n') == (
        f"store.url: nothing can be written to the folder {closed}",
    )
