"""The broker's certificate: gates check it, it is renewed in time, and its keys are private."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from controller import broker_tls
from controller.broker import CONTROLLER_USER, Broker, BrokerSettings, TlsListener
from controller.broker_tls import TlsUnavailable, ensure_certificates
from hw_sim.ports import free_port


def subject_names(certificate: Path) -> str:
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-ext", "subjectAltName", "-in", certificate],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1].strip()


def test_a_client_with_the_authority_trusts_the_broker_and_nobody_else(tmp_path: Path) -> None:
    tls = TlsListener(free_port(), ("localhost", "127.0.0.1"), host="127.0.0.1")
    broker = Broker(
        BrokerSettings(
            tmp_path / "broker", "school", free_port(), {CONTROLLER_USER: "secret"}, tls=tls
        )
    )
    trusting = ssl.create_default_context(cafile=str(tmp_path / "broker" / "tls" / "ca.crt"))
    other = ensure_certificates(tmp_path / "other", ["localhost"])
    strange = ssl.create_default_context(cafile=str(other.authority))
    broker.start()

    with (
        socket.create_connection(("127.0.0.1", tls.port)) as line,
        trusting.wrap_socket(line, server_hostname="localhost") as secured,
    ):
        version = secured.version()
    with (
        socket.create_connection(("127.0.0.1", tls.port)) as line,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        strange.wrap_socket(line, server_hostname="localhost")
    broker.stop()

    assert version in ("TLSv1.2", "TLSv1.3")


def test_nothing_is_made_anew_while_it_is_good(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, ["gate.school"])
    before = [path.read_bytes() for path in (files.authority, files.certificate, files.key)]

    again = ensure_certificates(tmp_path, ["gate.school"])

    assert [p.read_bytes() for p in (again.authority, again.certificate, again.key)] == before


def test_another_name_makes_another_certificate_and_keeps_the_authority(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, ["gate.school"])
    authority, certificate = files.authority.read_bytes(), files.certificate.read_bytes()

    ensure_certificates(tmp_path, ["gate.school", "10.0.0.7"])

    assert files.authority.read_bytes() == authority
    assert files.certificate.read_bytes() != certificate
    assert subject_names(files.certificate) == "DNS:gate.school, IP Address:10.0.0.7"


def test_a_certificate_that_ends_soon_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ensure_certificates(tmp_path, ["gate.school"])
    certificate = files.certificate.read_bytes()
    monkeypatch.setattr(broker_tls, "_RENEW_BEFORE_S", 400 * 86_400)

    ensure_certificates(tmp_path, ["gate.school"])

    assert files.certificate.read_bytes() != certificate


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path / "tls", ["gate.school"])

    modes = [path.stat().st_mode & 0o777 for path in (files.key, tmp_path / "tls" / "ca.key")]

    assert modes == [0o600, 0o600]


@pytest.mark.parametrize("name", ["", "шлюз", "a b", "x,DNS:evil.example", "a\nb"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TlsUnavailable, match="neither a host name nor an address"):
        ensure_certificates(tmp_path, [name])


def test_without_openssl_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_tls.shutil, "which", lambda *_, **__: None)

    with pytest.raises(TlsUnavailable, match="apt-get install openssl"):
        ensure_certificates(tmp_path, ["gate.school"])
