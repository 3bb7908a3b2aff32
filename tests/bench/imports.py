"""Import of a large MARC file against bare pymarc reading the same file."""

import random
from collections.abc import Iterator
from pathlib import Path

_SYLLABLES = "ка ло ми ре но ста при во ду ше гра бе ти ко ра ли ве мо пу за че ны ску да".split()


def record(number: int, chance: random.Random) -> bytes:
    """RUSMARC as a school exports it: 25 fields, about 1,500 bytes, two copies."""

    def words(count: int) -> str:
        return " ".join(
            "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)
        )

    fields = [
        ("001", f"RU\\SCHOOL\\{number}"),
        ("005", "20260901120000.0"),
        ("010", "  \x1fa978-5-08-005823-3\x1fd350.00"),
        ("035", f"  \x1fa(OLD){number}"),
        ("100", "  \x1fa20190101d2019    u  y0rusy50      ca"),
        ("101", "0 \x1farus"),
        ("102", "  \x1faRU"),
        ("105", "  \x1fa    z   000zy"),
        ("200", f"1 \x1fa{words(5).capitalize()}\x1fe{words(4)}\x1ff{words(3)}"),
        ("205", "  \x1fa2-е изд., испр."),
        ("210", "  \x1faМосква\x1fcДетская литература\x1fd2019"),
        ("215", "  \x1fa350 с.\x1fcил.\x1fd22 см"),
        ("300", f"  \x1fa{words(10)}"),
        ("330", f"  \x1fa{words(25)}"),
        ("333", "  \x1fa12+"),
        ("606", f" 0\x1fa{words(2)}"),
        ("606", f" 0\x1fa{words(1)}"),
        ("610", f"0 \x1fa{words(1)}"),
        ("675", "  \x1fa821.161.1-3\x1fzrus"),
        ("686", f"  \x1fa{chance.randint(20, 88)}(2Рос=Рус)1\x1f2rubbk"),
        ("700", f" 1\x1fa{words(1).capitalize()}\x1fbА. С."),
        ("801", " 0\x1faRU\x1fbSCHOOL\x1fc20260901"),
        ("908", "  \x1faП 91"),
        *(
            ("910", f"  \x1fa0\x1fb{number}{n}\x1fdАбонемент\x1fh2{number:08}{n}") for n in (1, 2)
        ),
    ]
    return _packed([(tag, value.encode()) for tag, value in fields])


def write_file(path: Path, count: int, seed: int = 33) -> None:
    """A file of so many records; the same for the same seed."""
    chance = random.Random(seed)
    with path.open("wb") as stream:
        for number in range(count):
            stream.write(record(number, chance))


def _packed(fields: list[tuple[str, bytes]]) -> bytes:
    directory, body = b"", b""
    for tag, value in fields:
        directory += f"{tag}{len(value) + 1:04}{len(body):05}".encode()
        body += value + b"\x1e"
    base = 24 + len(directory) + 1
    length = base + len(body) + 1
    return f"{length:05}nam0 22{base:05}   450 ".encode() + directory + b"\x1e" + body + b"\x1d"
