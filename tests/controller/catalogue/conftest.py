"""Small files of every format, written here byte by byte, and a ledger to import them into."""

from collections.abc import Callable
from pathlib import Path

import pytest

# Two IRBIS64 records as a school library exports them: a textbook with a counted group, and a
# volume of a set whose two copies have barcodes, one of them a tag.
IRBIS_TEXTBOOK = """\
#920: PAZK
#903: 22.1я72/А 45-100
#908: А 45
#10: ^A978-5-09-087705-3^D1100.00
#200: ^AАлгебра^E7 класс: учебник^FЮ. Н. Макарычев [и др.]
#700: ^AМакарычев^BЮ. Н.^GЮрий Николаевич
#210: ^AМосква^CПросвещение^D2021
#621: 22.1я72
#910: ^AU^Bб/н^C20210901^DУчебный фонд^130
#910: ^A0^B1001^C20210901^DАбонемент^H20000001001^TE004015032410001
*****
"""
IRBIS_VOLUME = """\
#920: SPEC
#903: 84(2Рос)1/Т 53-200
#200: ^vТ. 2^eроман
#461: ^CВойна и мир^FЛ. Н. Толстой^GДетская литература^DМосква
#961: ^AТолстой^BЛ. Н.
#210: ^d2019
#621: 84(2Рос)1
#910: ^a0^b2001^dАбонемент^h20000002001^tE004015032410002
#910: ^a4^b2002^dАбонемент^h20000002002
*****
"""


@pytest.fixture
def irbis() -> str:
    return IRBIS_TEXTBOOK + IRBIS_VOLUME


@pytest.fixture
def iso2709() -> Callable[..., bytes]:
    """Packs (tag, value) pairs into one record by the rules of ISO 2709, not by our reader."""

    def pack(fields: list[tuple[str, bytes]], leader: bytes = b"nam0 22     3  450 ") -> bytes:
        directory, body = b"", b""
        for tag, value in fields:
            data = value + b"\x1e"
            directory += f"{tag}{len(data):04}{len(body):05}".encode()
            body += data
        base = 24 + len(directory) + 1
        length = base + len(body) + 1
        status, rest = leader[:7], leader[12:]
        head = f"{length:05}".encode() + status + f"{base:05}".encode() + rest
        return head + directory + b"\x1e" + body + b"\x1d"

    return pack


@pytest.fixture
def rusmarc(iso2709: Callable[..., bytes]) -> Callable[..., bytes]:
    """One RUSMARC record in a charset: a volume, its set embedded in 461, one copy in 899."""

    def make(charset: str, number: int = 1, title: str = "Капитанская дочка") -> bytes:
        fields = {
            "001": f"RU\\SCHOOL\\{number}",
            "010": "  \x1fa978-5-08-005823-3\x1fd350.00",
            "100": "  \x1fa20190101d2019    u  y0rusy0189    ca",
            "200": f"1 \x1fa{title}\x1feповесть для старших классов\x1ffА. С. Пушкин",
            "210": "  \x1faМосква\x1fcДетская литература\x1fd2019",
            "461": " 0\x1f1001RU\\SCHOOL\\9\x1f12001 \x1faБиблиотека школьника\x1fvКн. 3",
            "675": "  \x1fa821.161.1-3\x1fzrus",
            "686": "  \x1fa84(2Рос=Рус)1\x1f2rubbk",
            "700": " 1\x1faПушкин\x1fbА. С.",
            "899": f"  \x1faАбонемент\x1fp{3000 + number}",
        }
        return iso2709([(tag, value.encode(charset)) for tag, value in fields.items()])

    return make


@pytest.fixture
def shared_data() -> Path:
    """Real catalogues beside the project; tests that want them skip where they are not."""
    folder = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real catalogues are not beside the project")
    return folder
