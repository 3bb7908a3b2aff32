"""What stands on the console's first page: every page of the librarian, in the order of a day."""

from collections.abc import Sequence
from dataclasses import dataclass

from controller.staff.rights import Right, Role, may


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its word in `WORDS` (with `_hint` for the line below), its address, who sees it."""

    word: str
    address: str
    right: Right | None = None  # None: everybody who is signed in


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of one kind of work, under a heading of `WORDS`."""

    heading: str
    entries: tuple[Entry, ...]


GROUPS: Sequence[Group] = (
    Group(
        "daily",
        (
            Entry("live", "/"),
            Entry("desk", "/console/desk", Right.SEE_PATRONS),
            Entry("catalogue", "/console/catalogue", Right.DESK_WORK),
            Entry("cards", "/console/cards", Right.SEE_PATRONS),
            Entry("holds", "/console/holds", Right.DESK_WORK),
            Entry("conflicts", "/console/conflicts", Right.DESK_WORK),
            Entry("repairs", "/console/repairs", Right.DESK_WORK),
            Entry("proof", "/console/proof", Right.DESK_WORK),
        ),
    ),
    Group(
        "classes",
        (
            Entry("textbooks", "/console/textbooks", Right.EDIT_TEXTBOOKS),
            Entry("debts", "/console/debts", Right.SEE_DEBTS),
        ),
    ),
    Group(
        "stock",
        (
            Entry("import", "/console/import", Right.EDIT_CATALOGUE),
            Entry("tags", "/console/tags", Right.DESK_WORK),
            Entry("printing", "/console/print", Right.EDIT_CATALOGUE),
            Entry("parts", "/console/parts", Right.EDIT_CATALOGUE),
        ),
    ),
    Group(
        "machines",
        (
            Entry("devices", "/console/devices", Right.SEE_DEVICES),
            Entry("usage", "/console/usage", Right.DESK_WORK),
            Entry("staff_cards", "/console/staff-cards", Right.GIVE_STAFF_CARDS),
        ),
    ),
)


def groups_for(role: Role) -> tuple[Group, ...]:
    """What this role may open; a heading without a page is left out."""
    allowed = (
        Group(
            group.heading,
            tuple(one for one in group.entries if one.right is None or may(role, one.right)),
        )
        for group in GROUPS
    )
    return tuple(group for group in allowed if group.entries)
