"""Find a person by the beginning of a name, a class, or anything that stands on a card."""

from typing import Any

from circulation.policy import PatronCategory
from controller.patrons.numbers import uid_candidates
from controller.patrons.wire import PatronLine, PatronLines
from controller.sql import Statement, Transaction

MOST = 50
ANONYMOUS = "anonymous-"  # ids of the stand-ins that keep the statistics; nobody is called so
_LINE = (
    "SELECT p.id, p.family_name, p.given_name, p.patronymic, p.class_name, p.category, p.has_left"
)
_SORTED = " ORDER BY p.has_left, p.family_name, p.given_name, p.id LIMIT :most"
_BY_NAME = Statement(
    _LINE + " FROM patron p WHERE p.family_name <> ''"
    " AND p.library = :library AND (p.family_name LIKE :plain ESCAPE '!'"
    " OR p.family_name LIKE :title ESCAPE '!' OR p.family_name LIKE :upper ESCAPE '!'"
    " OR p.class_name = :class_name)" + _SORTED
)
_BY_CARD = Statement(
    _LINE + " FROM card c JOIN patron p ON p.id = c.patron_id WHERE c.uid = :uid LIMIT 1"
)
_BY_NUMBER = Statement(
    _LINE + " FROM card_number n JOIN patron p ON p.id = n.patron_id WHERE n.number = :number"
)


def find_patrons(transaction: Transaction, library: str, text: str) -> PatronLines:
    """Whose card it is, of whatever library; else by name and class in this one; at most `MOST`."""
    wanted = text.strip()
    found = _by_card(transaction, wanted) or _by_name(transaction, library, wanted)
    return PatronLines(patrons=tuple(line_of(*row) for row in found[:MOST]), more=len(found) > MOST)


def line_of(
    patron_id: str,
    family_name: str,
    given_name: str,
    patronymic: str,
    class_name: str,
    category: str,
    has_left: bool,
) -> PatronLine:
    """A row as one line of a list."""
    name = " ".join(part for part in (family_name, given_name, patronymic) if part)
    return PatronLine(
        patron_id=patron_id,
        name=name,
        class_name=class_name,
        category=PatronCategory(category),
        has_left=bool(has_left),
    )


def _by_card(transaction: Transaction, text: str) -> list[Any]:
    rows = transaction.rows(_BY_NUMBER, {"number": text})
    for uid in uid_candidates(text):
        rows += transaction.rows(_BY_CARD, {"uid": uid})
    return list({row[0]: row for row in rows}.values())


def _by_name(transaction: Transaction, library: str, text: str) -> list[Any]:
    """SQLite folds the case of Latin letters only, so three spellings are tried."""
    if not text:
        return []
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    parameters = {
        "library": library,
        "plain": escaped + "%",
        "title": escaped.capitalize() + "%",
        "upper": escaped.upper() + "%",
        "class_name": text.upper(),
        "most": MOST + 1,
    }
    return transaction.rows(_BY_NAME, parameters)
