"""When certificates end: of a chain the first, what can't be read is left out, and a renewed file is read within the hour."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from gateway.app.certificate_ends import AGAIN_S, CertificateEnds, ends
from gateway.config import Settings
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


async def test_a_renewed_certificate_is_read_within_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, time = write(tmp_path / "cert.pem", DAY), FakeTime(DAY)
    monkeypatch.setattr("gateway.app.certificate_ends.certificate_files", lambda _settings: [("http", str(path))])
    kept = CertificateEnds(Settings.model_construct(), time)
    write(path, DAY + timedelta(days=90))
    assert kept.ends() == {"http": DAY}
    await time.advance(AGAIN_S)
    assert kept.ends() == {"http": DAY + timedelta(days=90)}
