"""Look up the copies on a pad by what their tags say."""

from circulation.api import ItemsAnswer, ItemsQuery, ItemView
from controller.answers import Answer, granted
from controller.devices.tokens import Caller
from controller.items.parts import part_names
from controller.sql import Statement, Transaction

_VIEW = Statement(
    "SELECT i.owner, i.item_id, t.title, t.author, t.kind, t.section, i.parts, i.state, i.security"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " WHERE i.owner = :owner AND i.item_id = :item_id"
)


def resolve_items(transaction: Transaction, _caller: Caller, query: ItemsQuery) -> Answer:
    """The known copies in the order asked, and the ids that the ledger does not know."""
    items: list[ItemView] = []
    unknown: list[str] = []
    for copy in query.copies:
        row = transaction.row(_VIEW, {"owner": copy.owner, "item_id": copy.item_id})
        if row is None:
            unknown.append(copy.item_id)
        else:
            names = part_names(transaction, row[0], row[1]) if row[6] > 1 else ()
            items.append(_view(row, names))
    return granted(ItemsAnswer(items=tuple(items), unknown=tuple(unknown)))


def _view(
    row: tuple[str, str, str, str, str, str, int, str, str], names: tuple[str, ...]
) -> ItemView:
    owner, item_id, title, author, kind, section, parts, state, security = row
    return ItemView.model_validate(
        {
            "owner": owner,
            "item_id": item_id,
            "title": title,
            "author": author,
            "kind": kind,
            "section": section,
            "parts": parts,
            "state": state,
            "security": security,
            "part_names": names,
        }
    )
