"""Import of a large MARC file against bare pymarc reading the same file.

An import is all of it: preview, check, titles, two copies each, search index. The large file has
the 100,000 records that the goal is stated for. Rates are of processor time.
"""

import gc
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pymarc import MARCReader

from circulation.ids import Isil
from controller.catalogue.apply import apply
from controller.catalogue.preview import preview
from controller.db import make_engine, sqlite_url, upgrade
from tests.bench.result import Result, at_least, at_most
from tests.bench.size import is_large
from tests.bench.vocabulary import Vocabulary
from tests.bench.workspace import workspace

ROUNDS = 1 if is_large() else 3
RECORDS = 100_000 if is_large() else 20_000
OWNER = Isil("RU-10010033")
_SMALL = 10  # the small file that memory is compared with has a tenth of the records


def measure() -> list[Result]:
    """Rate of an import against bare parsing, and its memory.

    Other programs only add to a time, so the best of the rounds is taken on both sides.
    """
    with workspace() as folder:
        whole, tenth = folder / "whole.mrc", folder / "tenth.mrc"
        write_file(whole, RECORDS)
        write_file(tenth, RECORDS // _SMALL)
        parsed, imported = [_pymarc_rate(whole)], []
        for _ in range(ROUNDS):
            imported.append(_import_apart(whole))
            parsed.append(_pymarc_rate(whole))
        _, small = _import_apart(tenth)
    rate, memory = (max(column) for column in zip(*imported, strict=True))
    return [
        at_least("import.marc", rate, "/s", limit=max(parsed), goal=0.4),
        at_most("import.memory_of_10_times_more", memory, "MB", limit=small, goal=1.5),
    ]


def write_file(path: Path, count: int, seed: int = 33) -> None:
    """A file of so many records; the same for the same seed."""
    words = Vocabulary(seed)
    with path.open("wb") as stream:
        for number in range(count):
            stream.write(record(number, words))


def record(number: int, words: Vocabulary) -> bytes:
    """RUSMARC as a school exports it: 25 fields, about 1,500 bytes, two copies."""
    fields = [
        ("001", f"RU\\SCHOOL\\{number}"),
        ("005", "20260901120000.0"),
        ("010", "  \x1fa978-5-08-005823-3\x1fd350.00"),
        ("035", f"  \x1fa(OLD){number}"),
        ("100", "  \x1fa20190101d2019    u  y0rusy50      ca"),
        ("101", "0 \x1farus"),
        ("102", "  \x1faRU"),
        ("105", "  \x1fa    z   000zy"),
        ("200", f"1 \x1fa{words.text(5).capitalize()}\x1fe{words.text(4)}\x1ff{words.text(3)}"),
        ("205", "  \x1fa2-е изд., испр."),
        ("210", "  \x1faМосква\x1fcДетская литература\x1fd2019"),
        ("215", "  \x1fa350 с.\x1fcил.\x1fd22 см"),
        ("300", f"  \x1fa{words.text(10)}"),
        ("330", f"  \x1fa{words.text(25)}"),
        ("333", "  \x1fa12+"),
        ("606", f" 0\x1fa{words.text(2)}"),
        ("606", f" 0\x1fa{words.text(1)}"),
        ("610", f"0 \x1fa{words.text(1)}"),
        ("675", "  \x1fa821.161.1-3\x1fzrus"),
        ("686", f"  \x1fa{20 + number % 69}(2Рос=Рус)1\x1f2rubbk"),
        ("700", f" 1\x1fa{words.text(1).capitalize()}\x1fbА. С."),
        ("801", " 0\x1faRU\x1fbSCHOOL\x1fc20260901"),
        ("908", "  \x1faП 91"),
        *(("910", f"  \x1fa0\x1fb{number}{n}\x1fdАбонемент\x1fh2{number:08}{n}") for n in (1, 2)),
    ]
    return _packed([(tag, value.encode()) for tag, value in fields])


def _packed(fields: list[tuple[str, bytes]]) -> bytes:
    directory, body = b"", b""
    for tag, value in fields:
        directory += f"{tag}{len(value) + 1:04}{len(body):05}".encode()
        body += value + b"\x1e"
    base = 24 + len(directory) + 1
    length = base + len(body) + 1
    return f"{length:05}nam0 22{base:05}   450 ".encode() + directory + b"\x1e" + body + b"\x1d"


def _pymarc_rate(path: Path) -> float:
    began = time.process_time()
    with path.open("rb") as stream:
        count = sum(1 for _ in MARCReader(stream, to_unicode=True, force_utf8=True))
    return count / (time.process_time() - began)


def _import_apart(path: Path) -> tuple[float, float]:
    """Records a second and the peak memory in MB of a process that imports this file."""
    command = [sys.executable, "-m", "tests.bench.imports", str(path)]
    rate, memory = subprocess.run(command, check=True, capture_output=True).stdout.split()
    return float(rate), float(memory)


def _import(path: Path) -> tuple[float, float]:
    database = path.with_suffix(".db")
    database.unlink(missing_ok=True)
    engine = make_engine(sqlite_url(database))
    upgrade(engine)
    gc.freeze()  # as the command does
    began = time.process_time()
    done = apply(preview(path), engine, owner=OWNER, now=datetime.now(UTC))
    seconds = time.process_time() - began
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done.titles_new / seconds, peak


if __name__ == "__main__":
    print(*_import(Path(sys.argv[1])))
