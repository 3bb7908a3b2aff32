"""Let the tag follow the loan: what the ledger wants of a copy's tags, and what to do about it.

One rule serves the loan made just now, the loan whose tag stayed armed last week, and the copy in
stock that nobody armed: compare what the ledger says with what was read from the tag, and order the
difference. Design rule 3; features 5.4 (5, 6) and 5.5 (4).
"""

from dataclasses import replace

from circulation.api import ItemView
from circulation.ids import Copy
from circulation.loan import ItemState, SecurityAct, advance_security
from kiosk.effects import ArmTag, DisarmTag, Effect, RecordSighting
from kiosk.events import SecuritySeen, SecurityWritten
from kiosk.state import Phase, Stage, State, Tag, missing_parts, tags_of

Step = tuple[State, tuple[Effect, ...]]

_FOLLOWED = (ItemState.IN_STOCK, ItemState.ON_LOAN)  # a lost or withdrawn copy is for the staff


def seen(state: State, event: SecuritySeen) -> State:
    """A tag's AFI was read. A write under way knows better."""
    tag = state.tags.get(event.uid)
    if tag is None or tag.writing:
        return state
    return state.with_tag(replace(tag, armed=event.armed, read=True))


def written(state: State, event: SecurityWritten) -> State:
    """An order was carried out, or could not be verified."""
    tag = state.tags.get(event.uid)
    if tag is None:
        return state
    ours = (tag.ours or event.changed) if event.armed else False
    if not event.ok:
        retry_at = state.now + state.config.write_retry_s
        failed = replace(tag, writing=False, read=False, failed=tag.failed + 1, retry_at=retry_at)
        return state.with_tag(replace(failed, ours=ours))
    done = replace(tag, writing=False, read=True, armed=event.armed, failed=0, ours=ours)
    return state.with_tag(done)


def follow_ledger(state: State) -> Step:
    """Order and record whatever the copies on the pad still need."""
    effects: list[Effect] = []
    for copy, item in state.items.items():
        if item is None or item.state not in _FOLLOWED or not _may_follow(state, copy):
            continue
        # What was seen goes first: if the write then fails, the ledger and the gates know.
        state, sightings = _record(state, copy, item)
        state, orders = _order(state, copy, item)
        effects += [*sightings, *orders]
    return state, tuple(effects)


def order(state: State, tag: Tag, *, armed: bool) -> Step:
    """One order to the antenna, unless one is under way or it is too early to try again."""
    if tag.writing or state.now < tag.retry_at:
        return state, ()
    effect = ArmTag(tag.uid) if armed else DisarmTag(tag.uid)
    return state.with_tag(replace(tag, writing=True)), (effect,)


def _may_follow(state: State, copy: Copy) -> bool:
    """Not while a request or a return decides what the tag should be."""
    if copy in state.returning or copy in state.recording or not tags_of(state, copy):
        return False
    line = state.lines.get(copy)
    if line is None:
        return True
    if state.stage is Stage.RETURN:
        return line.phase in (Phase.REFUSED, Phase.RETURNED)
    return line.phase is not Phase.ASKING


def _order(state: State, copy: Copy, item: ItemView) -> Step:
    want = item.state is ItemState.IN_STOCK
    effects: tuple[Effect, ...] = ()
    for tag in tags_of(state, copy):
        known = _is_known(tag) or _is_just_lent(state, copy)
        if known and tag.armed is not want and _is_ours_to_change(state, tag):
            state, orders = order(state, tag, armed=want)
            effects += orders
    return state, effects


def _is_known(tag: Tag) -> bool:
    return tag.read or tag.failed > 0  # after a failed write only another one can tell


def _is_just_lent(state: State, copy: Copy) -> bool:
    """It was in stock a moment ago, so its tag is armed: what was written is verified anyway."""
    line = state.lines.get(copy)
    return state.stage is Stage.BORROW and line is not None and line.phase is Phase.LENT


def _is_ours_to_change(state: State, tag: Tag) -> bool:
    """After a refused return only our own arming is undone."""
    line = state.lines.get(tag.copy) if tag.copy else None
    refused_return = state.stage is Stage.RETURN and line and line.phase is Phase.REFUSED
    return tag.ours if refused_return else True


def _record(state: State, copy: Copy, item: ItemView) -> Step:
    """Tell the ledger what was seen, where it holds something else."""
    tags = tags_of(state, copy)
    if missing_parts(state, copy) or not all(tag.read and not tag.writing for tag in tags):
        return state, ()
    act = _sighting(tags, want=item.state is ItemState.IN_STOCK)
    security = item.security if act is None else advance_security(item.security, act)
    if security is item.security:
        return state, ()
    armed = act is SecurityAct.SEEN_ARMED
    state = state.with_item(copy, item.model_copy(update={"security": security}))
    state = replace(state, recording=state.recording | {copy})
    return state, (RecordSighting(state.session, copy, tags[0].uid, armed),)


def _sighting(tags: tuple[Tag, ...], *, want: bool) -> SecurityAct | None:
    """A set is as it should be only when every part is; an AFI of neither kind proves nothing."""
    values = {tag.armed for tag in tags}
    if values == {want}:
        armed = want
    elif (not want) in values:
        armed = not want
    else:
        return None
    return SecurityAct.SEEN_ARMED if armed else SecurityAct.SEEN_DISARMED
