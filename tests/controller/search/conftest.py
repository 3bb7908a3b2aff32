"""A small catalogue in a ledger of either engine, and a way to ask it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.db import open_transaction
from controller.devices.tokens import Caller
from controller.search.rebuild import rebuild
from controller.search.service import Question, search
from controller.sql import Transaction
from controller.tables import DeviceKind, Item, Library, Title

ISIL, OTHER = "RU-10010033", "RU-10010034"
TITLES = (
    # id, title, subtitle, author, subjects, kind, section
    (1, "Вий", "повесть", "Гоголь Н. В.", "", ItemKind.BOOK, "84(2Рос=Рус)1"),
    (2, "Сказки. Вий и другие", "", "Гоголь Н. В.", "", ItemKind.BOOK, "84(2Рос=Рус)1"),
    (3, "Ёжик в тумане", "", "Козлов С. Г.", "Сказки; Звери", ItemKind.BOOK, "84(2)6"),
    (4, "Алгебра", "7 класс: учебник", "Макарычев Ю. Н.", "Алгебра", ItemKind.TEXTBOOK, "22.1я72"),
    (5, "Книги о книгах", "", "", "Библиотековедение", ItemKind.BOOK, "78"),
    (6, "Жизнь животных", "", "Гоголь А. А.", "Звери", ItemKind.REFERENCE, "28.6"),
    (7, "Вий", "чужая книга", "Гоголь Н. В.", "", ItemKind.BOOK, "84"),
)
COPIES = (
    # id, title, owner, number, inventory number, place, state
    (1, 1, ISIL, "20000001", "1001", "Абонемент", ItemState.IN_STOCK),
    (2, 1, ISIL, "20000002", "1002", "Читальный зал", ItemState.ON_LOAN),
    (3, 2, ISIL, "20000003", "1003", "Абонемент", ItemState.ON_LOAN),
    (4, 3, ISIL, "20000004", "1004", "Абонемент", ItemState.IN_STOCK),
    (5, 4, ISIL, "20000005", "1005", "Учебный фонд", ItemState.IN_STOCK),
    (6, 5, ISIL, "20000006", "84-7", "Абонемент", ItemState.WITHDRAWN),
    (7, 6, ISIL, "20000007", "1007", "Читальный зал", ItemState.IN_STOCK),
    (8, 7, OTHER, "20000008", "2001", "Абонемент", ItemState.IN_STOCK),
)
ISBNS = {1: "9785080058233"}
Answer = dict[str, Any]
Ask = Callable[..., Answer]


@pytest.fixture
def transaction(engine: Engine) -> Iterator[Transaction]:
    """The small catalogue, indexed, inside one transaction."""
    with Session(engine) as session:
        session.add_all([Library(isil=ISIL, name="school-33"), Library(isil=OTHER, name="s-34")])
        names = ("id", "title", "subtitle", "author", "subjects", "kind", "section")
        for row in TITLES:
            title = Title(**dict(zip(names, row, strict=True)), source="t", source_key=str(row[0]))
            title.isbn = ISBNS.get(row[0])
            session.add(title)
        session.flush()
        names = ("id", "title_id", "owner", "item_id", "inventory_no", "place", "state")
        session.add_all([Item(**dict(zip(names, row, strict=True))) for row in COPIES])
        session.commit()
    transaction = open_transaction(engine)
    transaction.begin_write()
    rebuild(transaction)
    yield transaction
    transaction.rollback()
    transaction.close()


@pytest.fixture
def caller() -> Caller:
    return Caller(device_id=1, library=ISIL, name="kiosk-1", kind=DeviceKind.KIOSK)


@pytest.fixture
def ask(transaction: Transaction, caller: Caller) -> Ask:
    """The answer to a question, as JSON."""

    def run(text: str, **filters: Any) -> Answer:
        answer = search(transaction, caller, Question(text, **filters))
        assert answer.status == 200
        return json.loads(answer.body)

    return run
