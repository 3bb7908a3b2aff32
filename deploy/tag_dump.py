"""One tag on a reader as the librarian sees it: what is read of it, and what is written on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from circulation.tags.codec import WRITTEN_DSFIDS, decode, encode
from circulation.tags.iso28560_4 import decode_uhf
from circulation.tags.item_tag import ItemTag, Layout, TagContent, TagProblem
from drivers.errors import Failed, NotSupported
from drivers.reader import Reader, TagIds, UhfReader

T = TypeVar("T")


class CannotWrite(ValueError):
    """The tags that lie there must not be written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TagDump:
    """All of one tag; None where its chip, its kind or its reader tells nothing."""

    uid: str
    memory: bytes
    says: ItemTag
    dsfid: int | None = None
    afi: int | None = None
    eas: bool | None = None
    locked_blocks: tuple[int, ...] | None = None


def dump(reader: Reader, uid: str) -> TagDump:
    """Read one tag whole; errors as in `drivers.errors`."""
    if reader.capabilities.ids is TagIds.EPC:
        return _dump_uhf(reader, uid)
    told = reader.system_information(uid)
    memory = reader.read_blocks(uid, 0, told.block_count)
    locks = _if_told(lambda: reader.read_locks(uid, 0, told.block_count))
    return TagDump(
        uid=uid,
        memory=memory,
        says=decode(memory, dsfid=told.dsfid),
        dsfid=told.dsfid,
        afi=told.afi,
        eas=_if_told(lambda: reader.read_eas(uid)),
        locked_blocks=None if locks is None else _numbers(locks),
    )


def write(
    reader: Reader, content: TagContent, *, layout: Layout, afi: int, overwrite: bool
) -> TagDump:
    """Write the one tag that lies there and return it as it was read afterwards.

    Everything is checked before the first byte is written: one tag, no other library's (unless
    `overwrite`), nothing locked, and enough room. `CannotWrite` or `CannotEncode` otherwise.
    """
    before = dump(reader, _only_tag(reader))
    _check(before, content, overwrite=overwrite)
    memory = encode(content, layout=layout, size=len(before.memory))
    reader.write_blocks(before.uid, 0, memory)
    reader.write_dsfid(before.uid, WRITTEN_DSFIDS[layout])
    reader.write_afi(before.uid, afi)
    return dump(reader, before.uid)


def _only_tag(reader: Reader) -> str:
    if reader.capabilities.ids is TagIds.EPC:
        raise CannotWrite("UHF tags are read only: write them where they are bought")
    seen = reader.inventory()
    if not seen:
        raise CannotWrite("no tag lies there: lay one book down")
    if len(seen) > 1:
        raise CannotWrite(f"{len(seen)} tags lie there: leave one book only")
    return seen[0].uid


def _check(before: TagDump, content: TagContent, *, overwrite: bool) -> None:
    if before.locked_blocks:
        raise CannotWrite(f"blocks {before.locked_blocks} are locked for ever: take a new tag")
    if overwrite:
        return
    if TagProblem.FOREIGN in before.says.problems:
        raise CannotWrite("there is content of no library layout: look at the book, or --overwrite")
    if before.says.owner not in (None, content.owner):
        raise CannotWrite(f"this tag is of {before.says.owner}: look at the book, or --overwrite")


def _if_told(ask: Callable[[], T]) -> T | None:
    """What not every chip and firmware knows: None when the answer is a clear no."""
    try:
        return ask()
    except NotSupported:
        return None
    except Failed as error:
        if error.status is None:  # the line garbled it: that is no answer
            raise
        return None


def _numbers(locks: tuple[bool, ...]) -> tuple[int, ...]:
    return tuple(number for number, locked in enumerate(locks) if locked)


def _dump_uhf(reader: Reader, uid: str) -> TagDump:
    if not isinstance(reader, UhfReader):
        raise TypeError(f"{type(reader).__name__} names tags by EPC and reads no banks")
    name, user = reader.read_epc_bank(uid), reader.read_user_bank(uid)
    return TagDump(uid=uid, memory=name + user, says=decode_uhf(name, user))
