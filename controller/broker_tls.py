"""The broker's own small authority and certificate, made with openssl, renewed before they end.

Gates get the authority's certificate (`ca.crt`) once and check the broker against it, so a renewed
certificate needs no visit to any gate. The authority's key never leaves the broker's folder.
"""

import ipaddress
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_AUTHORITY_DAYS: Final = 3_650
_CERTIFICATE_DAYS: Final = 397  # what clients have come to expect of a server's
_RENEW_BEFORE_S: Final = 30 * 86_400
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class TlsUnavailable(RuntimeError):
    """openssl is not installed or refused; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What the broker shows, and what a gate checks it against."""

    authority: Path
    certificate: Path
    key: Path


def ensure_certificates(folder: Path, names: Sequence[str]) -> TlsFiles:
    """The files under `folder`, made or renewed if need be; `names`: hosts and addresses.

    A certificate for other names, or with less than 30 days to go, is made anew; the authority
    stays, so gates need not be told.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = TlsFiles(folder / "ca.crt", folder / "broker.crt", folder / "broker.key")
    if not files.authority.exists():
        _make_authority(folder)
    wanted = ",".join(_alternative(name) for name in names)
    known = folder / "names"
    is_same = known.exists() and known.read_text(encoding="ascii") == wanted
    if not is_same or not _lasts(files.certificate):
        _make_certificate(folder, names[0], wanted)
        known.write_text(wanted, encoding="ascii")
    return files


def _make_authority(folder: Path) -> None:
    _openssl(
        folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.crt",
        "-days", str(_AUTHORITY_DAYS), "-subj", "/CN=Polka broker authority",
        "-addext", "basicConstraints=critical,CA:TRUE",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip


def _make_certificate(folder: Path, name: str, alternatives: str) -> None:
    extensions = folder / "extensions"
    extensions.write_text(
        f"subjectAltName={alternatives}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n",
        encoding="ascii",
    )
    _openssl(
        folder, "req", *_KEY, "-keyout", "broker.key", "-out", "broker.csr", "-subj", f"/CN={name}"
    )
    _openssl(
        folder, "x509", "-req", "-in", "broker.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
        "-CAcreateserial", "-days", str(_CERTIFICATE_DAYS), "-extfile", extensions.name,
        "-out", "broker.crt",
    )  # fmt: skip


def _lasts(certificate: Path) -> bool:
    if not certificate.exists():
        return False
    done = subprocess.run(  # noqa: S603
        [_program(), "x509", "-checkend", str(_RENEW_BEFORE_S), "-noout", "-in", certificate],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _alternative(name: str) -> str:
    """A subjectAltName entry; `TlsUnavailable` for what is neither host nor address."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        labels = name.split(".")
        if name.isascii() and all(label.replace("-", "a").isalnum() for label in labels):
            return f"DNS:{name}"
        raise TlsUnavailable(f"{name!r} is neither a host name nor an address") from None


def _openssl(folder: Path, *arguments: str) -> None:
    """Keys are written for us alone."""
    done = subprocess.run(  # noqa: S603
        [_program(), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )
    if done.returncode != 0:
        raise TlsUnavailable(f"openssl {arguments[0]} failed: {done.stderr.strip()[-300:]}")


def _program() -> str:
    found = shutil.which("openssl", path=os.environ.get("PATH", "") + ":/usr/bin")
    if found is None:
        raise TlsUnavailable("openssl is not installed: sudo apt-get install openssl")
    return found
