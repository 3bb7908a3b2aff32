"""May this tag be written for this copy? Every guard of an encoding station (features 1.5, 5.9).

Pure, and before anything is written: exactly one tag, blank or this copy's own; another copy's and
a damaged one only when a person said so; a stranger's never.
"""

from dataclasses import dataclass, replace

from circulation.encoding import CopyToTag, TagHolder
from circulation.ids import BadId, Isil, TagUid, parse_isil
from circulation.loan import ItemState
from circulation.tags.codec import DSFID_28560_3
from circulation.tags.item_tag import (
    CannotEncode,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
    Usage,
)
from circulation.tags.rewriting import Face, fresh_memory, renewed_memory
from kiosk.station.events import SeenTag
from kiosk.station.state import Asked, Config, Job, Question, State, Word

_NEVER = (Layout.UNKNOWN, Layout.ISO28560_4)
_KEPT_USAGES = frozenset({Usage.UNSPECIFIED})
_PEOPLES = (Usage.PATRON_CARD, Usage.EQUIPMENT)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be written now; `word` None: and there is nothing to say about it."""

    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """First the ledger must say whose tag it is."""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class Write:
    """Let this tag say that. `renews`: it says the same copy already."""

    uid: TagUid
    now: Face
    wanted: Face
    renews: bool


Verdict = Wait | Check | Question | Write


def judge(state: State, job: Job) -> Verdict:
    """What to do about what lies on the pad."""
    if not state.pad:
        return Wait()
    if len(state.pad) > 1:
        return Wait(Word.TWO_TAGS)
    seen = state.pad[0]
    if seen.uid in state.held:
        return Wait(state.held[seen.uid])
    if why := _never(seen, state.config):
        return Wait(why)
    holder = state.checked.get(seen.uid)
    if holder is None:
        return Check(seen.uid)
    torn = _torn(state, seen, job)
    if torn is not None:
        return torn
    return _doubt(seen, job, holder) or _wish(seen, job, state.config)


def _torn(state: State, seen: SeenTag, job: Job) -> Write | None:
    """A tag that we began to write for this very part: finished as it was begun."""
    begun = state.torn.get(seen.uid)
    if begun is None or seen.face is None or begun.undoes is not None:
        return None
    if (begun.job.identity, begun.job.part) != (job.identity, job.part):
        return None
    is_as_left = seen.tag.item_id is None or seen.face in (begun.before, begun.wanted)
    return Write(seen.uid, seen.face, begun.wanted, begun.renews) if is_as_left else None


def is_ours(tag: ItemTag, owner: Isil) -> bool:
    """No owner counts as ours: old layouts name none."""
    if not tag.owner:
        return True
    try:
        return parse_isil(tag.owner) == owner
    except BadId:
        return tag.owner == owner


def wanted_face(seen: SeenTag, copy: CopyToTag, part: int, config: Config) -> Face | None:
    """How the tag has to look; None when it has no room for that."""
    if seen.face is None:
        return None
    content = TagContent(
        item_id=copy.item_id,  # type: ignore[arg-type]  # the ledger's ids were parsed there
        owner=config.owner,
        parts=copy.parts,
        part=part,
        usage=_usage(seen.tag),
        title=copy.title if config.title_on_tag else seen.tag.title,
    )
    try:
        memory = _memory(seen, content)
    except CannotEncode:
        return None
    afi = config.afi.in_stock if copy.armed else config.afi.on_loan
    return Face(memory, DSFID_28560_3, afi)


def _memory(seen: SeenTag, content: TagContent) -> bytes:
    """The same copy's tag keeps what others put there; any other becomes a new one."""
    if seen.face is None:
        raise CannotEncode("the tag cannot be read: put a new one on the book")
    size = len(seen.face.memory)
    if seen.tag.item_id == content.item_id and not _is_broken(seen.tag):
        return renewed_memory(seen.face.memory, seen.tag, content)
    title = content.title if seen.tag.item_id == content.item_id else None
    return fresh_memory(replace(content, title=title), size)


def _is_broken(tag: ItemTag) -> bool:
    broken = {TagProblem.BAD_BLOCK, TagProblem.BAD_BLOCK_XOR, TagProblem.TRUNCATED}
    return not broken.isdisjoint(tag.problems)


def _usage(tag: ItemTag) -> Usage:
    keeps = tag.item_id is not None and tag.usage is not None and tag.usage not in _KEPT_USAGES
    return tag.usage if keeps and tag.usage is not None else Usage.CIRCULATING


def _never(seen: SeenTag, config: Config) -> Word | None:
    """What no person at the station can allow."""
    tag = seen.tag
    if seen.face is None:
        return Word.UNREADABLE
    if tag.usage in _PEOPLES:
        return Word.NOT_A_BOOK
    if tag.layout in _NEVER or not is_ours(tag, config.owner):
        return Word.FOREIGN
    return None


def _doubt(seen: SeenTag, job: Job, holder: TagHolder) -> Question | Wait | None:
    """What a person has to decide first, unless they did."""
    tag, other = seen.tag, holder.copy_of
    ours = other is not None and _is_the(other, job) and holder.part == job.part
    if job.moves != seen.uid:
        if other is not None and not ours:
            return _about(seen.uid, other)
        if tag.item_id is not None and not _says(tag, job):
            return Question(Asked.MOVE, seen.uid, _named(tag))
        is_damaged = tag.item_id is None and TagProblem.BLANK not in tag.problems
        if is_damaged and not ours:
            return Question(Asked.DAMAGED, seen.uid)
    has_another = job.part in job.copy.tagged and not ours
    if has_another and not job.replaces:
        return Question(Asked.REPLACE, seen.uid)
    return None


def _about(uid: TagUid, other: CopyToTag) -> Question | Wait:
    if other.state is ItemState.ON_LOAN:
        return Wait(Word.OTHER_ON_LOAN)
    named = f"{other.item_id} · {other.title}"
    return Question(Asked.MOVE, uid, named, withdrawn=other.state is ItemState.WITHDRAWN)


def _wish(seen: SeenTag, job: Job, config: Config) -> Verdict:
    wanted = wanted_face(seen, job.copy, job.part, config)
    if wanted is None or seen.face is None:
        return Wait(Word.NO_ROOM)
    return Write(seen.uid, seen.face, wanted, renews=_says(seen.tag, job))


def _says(tag: ItemTag, job: Job) -> bool:
    return tag.item_id == job.copy.item_id and (tag.part or 1) == job.part


def _is_the(copy: CopyToTag, job: Job) -> bool:
    return (copy.owner, copy.item_id) == (job.copy.owner, job.copy.item_id)


def _named(tag: ItemTag) -> str:
    whole = f"{tag.item_id}"
    return whole if (tag.parts or 1) == 1 else f"{whole} ({tag.part}/{tag.parts})"
