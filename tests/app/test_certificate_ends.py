"""When certificates end: of a chain the first, what can't be read is left out, and a renewed file is read within the hour."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.app.certificate_ends import AGAIN_S, CertificateEnds, certificate_files, ends, terms
from gateway.config import Settings, load
from gateway.dispatch.peer_security import PeerSecurity
from gateway.outgoing import Destinations
from gateway.workflow.partners import Peer, PeerTls
from tests.commands.test_setup import CONFIG
from tests.fakes.clock import FakeTime

DAY = datetime(2031, 1, 5, tzinfo=UTC)


def write(path: Path, *days: datetime) -> Path:
    authority = trustme.CA()
    path.write_bytes(
        b"".join(authority.issue_cert("gateway.example", not_after=day).cert_chain_pems[0].bytes() for day in days)
    )
    return path


def test_of_a_chain_the_first_to_end_counts_and_what_is_none_is_left_out(tmp_path: Path):
    chain = write(tmp_path / "chain.pem", DAY + timedelta(days=9), DAY)
    (tmp_path / "none.pem").write_text("no certificate")
    files = [("http", str(chain)), ("desk", str(tmp_path / "none.pem")), ("acs", str(tmp_path / "missing.pem"))]
    assert ends(files) == {"http": DAY}


def test_of_a_chain_the_last_to_begin_counts_and_of_authorities_the_first(tmp_path: Path):
    """A chain is taken once all of it counts; of authorities one is enough."""
    begin = DAY - timedelta(days=99)
    path = tmp_path / "ca.pem"
    path.write_bytes(authority(DAY, begins=begin + timedelta(days=9)) + authority(DAY, begins=begin))
    assert terms([("acs: authorities", str(path))])["acs: authorities"].begins == begin
    chain = tmp_path / "chain.pem"
    own = trustme.CA().issue_cert("gateway.example", not_before=begin, not_after=DAY).cert_chain_pems[0].bytes()
    chain.write_bytes(own + authority(DAY, begins=begin + timedelta(days=9)))
    assert terms([("http", str(chain))])["http"].begins == begin + timedelta(days=9)


def authority(*days: datetime, begins: datetime = DAY - timedelta(days=99)) -> bytes:
    """Authorities that end at these times."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ours")]),
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begins, day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        for day in days
    )
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in made)


def test_of_a_file_of_authorities_the_last_to_end_counts(tmp_path: Path):
    """The one that follows stands beside the one that is about to end."""
    path = tmp_path / "ca.pem"
    path.write_bytes(authority(DAY, DAY + timedelta(days=90)))
    assert ends([("acs: authorities", str(path))]) == {"acs: authorities": DAY + timedelta(days=90)}


def test_authorities_by_which_others_are_known_are_told_of(tmp_path: Path):
    settings = settings_of(tmp_path, '[mail]\nhost = "mail.example"\nsender = "ill@library.example"\nca = "{ca}"\n')
    assert dict(certificate_files(settings)) == {"mail: authorities": f"{tmp_path}/ca.pem"}


async def test_a_renewed_certificate_is_read_within_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, time = write(tmp_path / "cert.pem", DAY), FakeTime(DAY)
    monkeypatch.setattr("gateway.app.certificate_ends.own_files", lambda _settings: [("http", str(path))])
    kept = CertificateEnds(Settings.model_construct(), time)
    write(path, DAY + timedelta(days=90))
    assert await kept.ends() == {"http": DAY}
    await time.advance(AGAIN_S)
    assert await kept.ends() == {"http": DAY + timedelta(days=90)}


async def test_of_a_peer_that_was_made_at_the_desk_it_is_told_at_once_and_of_one_that_was_switched_off_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.app.certificate_ends.own_files", lambda _settings: [])
    settings = settings_of(tmp_path)
    security = PeerSecurity(settings, Destinations())
    kept = CertificateEnds(settings, FakeTime(DAY), security.certificates)
    assert await kept.ends() == {}
    made = Peer(
        id="made-at-the-desk",
        url="https://ill.example",
        tls=PeerTls(cert=str(write(tmp_path / "cert.pem", DAY)), ca=str(tmp_path / "ca.pem")),
    )
    security.learn([made, Peer(id="bare", url="https://bare.example")])
    assert await kept.ends() == {"peer made-at-the-desk": DAY, "peer made-at-the-desk: authorities": DAY}
    security.learn([msgspec.structs.replace(made, enabled=False)])
    assert await kept.ends() == {}


def settings_of(folder: Path, more: str = "") -> Settings:
    (folder / "ca.pem").write_bytes(authority(DAY))
    path = folder / "ill-gateway.toml"
    path.write_text(CONFIG.format(folder=folder) + more.format(ca=folder / "ca.pem"))
    return load(path, {})
