"""Units of systemd for every program: the text, with this installation's paths filled in."""

import shutil
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("controller", "broker", "gate", "kiosk", "drop", "station")
SYSUSERS = "polka.sysusers"
_TEMPLATES = Path(__file__).parent / "systemd"
_XINIT = Path("/usr/bin/xinit")


class Unsuitable(ValueError):
    """No unit can be written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One file for systemd, by the name it has there."""

    name: str
    text: str


def unit(program: str, polka: Path, *, xinit: Path = _XINIT) -> Unit:
    """The unit of one of `PROGRAMS`; `polka` is the command as it is installed, absolute."""
    if program not in PROGRAMS:
        raise Unsuitable(f"no service is called {program!r}: there are {', '.join(PROGRAMS)}")
    if not polka.is_absolute() or any(sign.isspace() for sign in str(polka)):
        raise Unsuitable(f"{polka}: systemd needs an absolute path without blanks")
    name = f"polka-{program}.service"
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    hardening = (_TEMPLATES / "hardening.conf").read_text(encoding="utf-8").strip()
    filled = {"{polka}": str(polka), "{xinit}": str(xinit), "{hardening}": hardening}
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return Unit(name, text)


def accounts() -> Unit:
    """The accounts that the units run as, for systemd-sysusers."""
    return Unit("polka.conf", (_TEMPLATES / SYSUSERS).read_text(encoding="utf-8"))


def installed_polka() -> Path:
    """Where the `polka` command that is running now lies."""
    found = shutil.which("polka")
    if found is None:
        raise Unsuitable("the command polka is not on the path: name it with --polka")
    return Path(found).resolve()
