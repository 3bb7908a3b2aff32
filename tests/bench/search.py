"""Search in a large catalogue: every class of question against a bound in milliseconds.

The ledger is made of titles with words by Zipf's law, a copy each, and the index as the importer
writes it: 100,000 titles, or the million of a city, whose bound is twice as high. Measured is the
service with its facets and shelves, as the endpoint calls it, in processor time: the database is in
the page cache, and a busy neighbour is not the search's.
"""

import random
import time
from collections.abc import Callable, Iterator

from controller.db import make_engine, raw_connection, sqlite_url, upgrade
from controller.devices.registry import ensure_library
from controller.devices.tokens import Caller
from controller.search.rebuild import rebuild
from controller.search.service import Question, search
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from tests.bench.result import Result, at_most, percentile
from tests.bench.size import is_large
from tests.bench.vocabulary import Vocabulary
from tests.bench.workspace import workspace

TITLES, BOUND_MS = (1_000_000, 30.0) if is_large() else (100_000, 15.0)
QUESTIONS = 200
OWNER = "RU-10010033"
_STEP = 10_000
_WORDS_OF_TITLE = 6

_TITLE = (
    "INSERT INTO title (id, title, author, subtitle, publisher, kind, section, udc, age_mark,"
    " source, source_key, subjects) VALUES (?, ?, ?, '', '', ?, ?, '', 0, ?, ?, ?)"
)
_ITEM = (
    "INSERT INTO item (owner, item_id, inventory_no, title_id, place, parts, state, security,"
    " reading_room_only) VALUES (?, ?, ?, ?, ?, 1, ?, 'armed', 0)"
)


def measure() -> list[Result]:
    """The 95th percentile of every class of question, once the ledger is there."""
    with workspace() as folder:
        words = Vocabulary(33)
        engine = make_engine(sqlite_url(folder / "search.db"))
        upgrade(engine)
        ensure_library(engine, isil=OWNER, name="bench")
        transaction = Transaction(raw_connection(engine), Dialect.SQLITE)
        _fill(transaction, words)
        caller = Caller(1, OWNER, "bench", DeviceKind.KIOSK)
        results = [
            _class(transaction, caller, name, ask) for name, ask in _questions(words).items()
        ]
        transaction.close()
        engine.dispose()
    return results


def _fill(transaction: Transaction, words: Vocabulary) -> None:
    chance = random.Random(7)
    for first in range(0, TITLES, _STEP):
        transaction.begin_write()
        cursor = transaction._connection.cursor()  # made rows, not the service's
        cursor.executemany(_TITLE, list(_titles(first, words)))
        cursor.executemany(_ITEM, [_item(n, chance) for n in range(first, first + _STEP)])
        transaction.commit()
    transaction.begin_write()
    rebuild(transaction)
    transaction.commit()


def _titles(first: int, words: Vocabulary) -> Iterator[tuple[object, ...]]:
    drawn = words.draw(_STEP * (_WORDS_OF_TITLE + 2))
    for n in range(_STEP):
        mine = drawn[n * (_WORDS_OF_TITLE + 2) : (n + 1) * (_WORDS_OF_TITLE + 2)]
        number = first + n
        kind = ("book", "book", "textbook", "reference")[number % 4]
        title = " ".join(mine[:_WORDS_OF_TITLE])
        section = f"{20 + number % 69}.1"
        source = f"rusmarc:{OWNER}"
        yield (number + 1, title, mine[-2], kind, section, source, str(number), mine[-1])


def _item(number: int, chance: random.Random) -> tuple[object, ...]:
    state = "on_loan" if chance.random() < 0.3 else "in_stock"
    place = ("Абонемент", "Учебный фонд", "Хранение")[number % 3]
    return (OWNER, f"2{number:09}", str(number), number + 1, place, state)


def _questions(words: Vocabulary) -> dict[str, Callable[[], Question]]:
    chance = words.chance

    def common() -> str:
        return words.words[chance.randrange(3)]

    return {
        "two_words": lambda: Question(words.text(2)),
        "one_word": lambda: Question(words.text(1)),
        "common_word": lambda: Question(common()),
        "common_word_filtered": lambda: Question(
            common(), kind="textbook", place="Хранение", available=True
        ),
        "word_and_beginning": lambda: Question(f"{words.text(1)} {words.text(1)[:4]}", typing=True),
        "3_letters": lambda: Question(words.text(1)[:3], typing=True),
        "2_letters": lambda: Question(words.text(1)[:2], typing=True),
        "number": lambda: Question(f"2{chance.randrange(TITLES):09}"),
    }


def _class(
    transaction: Transaction, caller: Caller, name: str, ask: Callable[[], Question]
) -> Result:
    times = []
    for _ in range(QUESTIONS):
        question = ask()
        began = time.thread_time()
        transaction.begin_read()
        search(transaction, caller, question)
        transaction.rollback()
        times.append((time.thread_time() - began) * 1000)
    return at_most(f"search.{name}_p95", percentile(times, 0.95), "ms", limit=BOUND_MS)
