"""Who may do what: roles, rights and the one table that joins them."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the library."""

    LIBRARIAN = "librarian"
    HEAD = "head"
    ENGINEER = "engineer"
    TEACHER = "teacher"


class Right(StrEnum):
    """One thing that a person may do."""

    DESK_WORK = "desk_work"
    OVERRIDE_RULES = "override_rules"
    EDIT_CATALOGUE = "edit_catalogue"
    SEE_PATRONS = "see_patrons"
    EDIT_PATRONS = "edit_patrons"
    SEE_DEBTS = "see_debts"  # a teacher's is limited to the class in the account
    EDIT_TEXTBOOKS = "edit_textbooks"
    PROMOTE_CLASSES = "promote_classes"
    ERASE_PATRONS = "erase_patrons"
    SEE_ACCESS_LOG = "see_access_log"
    GIVE_STAFF_CARDS = "give_staff_cards"
    SEE_DEVICES = "see_devices"
    CHANGE_DEVICES = "change_devices"


_LIBRARIANS = frozenset({Role.LIBRARIAN, Role.HEAD})
_ENGINEERS = frozenset({Role.ENGINEER, Role.HEAD})
_HEADS = frozenset({Role.HEAD})

RIGHTS: Mapping[Right, frozenset[Role]] = {
    Right.DESK_WORK: _LIBRARIANS,
    Right.OVERRIDE_RULES: _LIBRARIANS,
    Right.EDIT_CATALOGUE: _LIBRARIANS,
    Right.SEE_PATRONS: _LIBRARIANS,
    Right.EDIT_PATRONS: _LIBRARIANS,
    Right.SEE_DEBTS: _LIBRARIANS | {Role.TEACHER},
    Right.EDIT_TEXTBOOKS: _LIBRARIANS,
    Right.PROMOTE_CLASSES: _HEADS,
    Right.ERASE_PATRONS: _HEADS,
    Right.SEE_ACCESS_LOG: _HEADS,
    Right.GIVE_STAFF_CARDS: _HEADS,
    Right.SEE_DEVICES: _LIBRARIANS | _ENGINEERS,
    Right.CHANGE_DEVICES: _ENGINEERS,
}
"""An engineer mends machines and sees no patron; a teacher sees one class and no machine."""


def may(role: Role, right: Right) -> bool:
    """Does the role have this right?"""
    return role in RIGHTS[right]


def rights_of(role: Role) -> tuple[Right, ...]:
    """All rights of a role, in the table's order."""
    return tuple(right for right, roles in RIGHTS.items() if role in roles)
