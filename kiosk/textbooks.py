"""The textbook week: the pupil's set is asked for with his stack, and only what belongs is lent.

The ledger compares; this decides when to ask and what waits for the answer. Books that are no
textbooks, and people without a set, are served as ever.
"""

from collections.abc import Mapping
from dataclasses import replace

from circulation.class_sets import StackAnswer
from circulation.ids import Copy, Isil, ItemId, PatronId
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.textbooks import Purpose, Spare
from kiosk.class_set import SetDesk
from kiosk.effects import AskStack, PlaySound
from kiosk.events import StackAnswered
from kiosk.security import Step
from kiosk.sounds import Sound
from kiosk.state import Line, Phase, Stage, State, blocker, is_collecting, tags_of

_WHY: Mapping[Spare, Reason] = {
    Spare.NOT_IN_SET: Reason.NOT_IN_SET,
    Spare.ONE_TOO_MANY: Reason.ONE_TOO_MANY,
    Spare.WITH_ANOTHER: Reason.ON_LOAN_TO_OTHER,
    Spare.NOT_LENDABLE: Reason.NOT_LENDABLE,
    Spare.NOT_ON_LOAN: Reason.NOT_ON_LOAN,
}
"""A copy that is his already is lent as ever: the ledger says so itself."""


def set_desk(state: State) -> SetDesk:
    """What is known of the set in this session."""
    fresh = state.textbooks.session != state.session
    return SetDesk(session=state.session) if fresh else state.textbooks


def is_textbook_week(state: State) -> bool:
    """Whether this session lends textbooks by the pupil's set."""
    began = set_desk(state).week
    return state.config.textbook_week if began is None else began


def ask_stack(state: State) -> Step:
    """Ask with the card alone for the set, and again when a textbook came that nobody judged."""
    desk = set_desk(state)
    person = state.person
    if not is_by_set(state) or desk.asking:
        return state, ()
    if person is None or person.view is None or state.now < desk.retry_at:
        return state, ()
    collects = state.stage is Stage.RETURN
    copies = frozenset(_coming_back(state) if collects else _on_their_way(state))
    if _is_arriving(state):
        copies &= desk.judged  # the whole stack is one question, and one act
    if desk.answer is not None and copies <= desk.judged:
        return state, ()
    asking = replace(desk, asking=True, judged=copies)
    patron = PatronId(person.view.patron_id)
    purpose = Purpose.COLLECT if collects else Purpose.ISSUE
    question = AskStack(state.session, patron, tuple(copies), purpose)
    return replace(state, textbooks=asking), (question,)


def stack_answered(state: State, event: StackAnswered) -> Step:
    """Keep the ticks; what does not belong is refused with its reason, and nothing else is."""
    desk = set_desk(state)
    if event.session != state.session or not desk.asking:
        return state, ()
    if not isinstance(event.result, StackAnswer):
        retry_at = state.now + state.config.ask_retry_s
        kept = replace(desk, asking=False, judged=frozenset(), retry_at=retry_at)
        return replace(state, textbooks=kept), ()
    state = replace(state, textbooks=replace(desk, asking=False, answer=event.result))
    state = _picked_is_known(state, event.result)
    if not event.result.ticks and state.stage is Stage.BORROW:
        return state, ()
    refused = tuple(_refusals(state, event.result))
    for line in refused:
        state = state.with_line(line)
    return state, (PlaySound(Sound.STOP),) if refused else ()


def _picked_is_known(state: State, answer: StackAnswer) -> State:
    """Of a pupil who was picked the list told no more than the name; now the rights are there."""
    person = state.person
    if person is None or person.view is None or person.card is not None:
        return state
    if answer.patron.patron_id != person.view.patron_id:
        return state
    return replace(state, person=replace(person, view=answer.patron))


def may_lend(state: State, copy: Copy) -> bool:
    """False while a textbook waits for its place in the set; alone the ordinary rules decide."""
    if not is_textbook_week(state) or state.alone or not is_textbook(state, copy):
        return True
    desk = set_desk(state)
    if desk.answer is None or copy not in desk.judged:
        return False
    return desk.wanted == 0 or copy in desk.take or copy in _already_his(desk.answer)


def may_take_back(state: State, copy: Copy) -> bool:
    """False while a class session waits for the pupil, or for whose book it is.

    Without a controller that answers every book comes back as ever: a return never waits.
    """
    if not is_collecting(state) or state.alone or not state.online:
        return True
    desk = set_desk(state)
    return copy in desk.judged and copy in desk.take


def is_by_set(state: State) -> bool:
    """True while a pupil's books are compared with his set; a snapshot knows of no sets."""
    if not is_textbook_week(state) or state.alone:
        return False
    return state.stage is Stage.BORROW or (state.stage is Stage.RETURN and is_collecting(state))


def _is_arriving(state: State) -> bool:
    """More of the stack is being read, or the ledger is being asked what lies there."""
    asking = (line.copy for line in state.lines.values() if line.copy not in state.items)
    return state.unread > 0 or any(state.asked.get(copy) == float("inf") for copy in asking)


def _coming_back(state: State) -> list[Copy]:
    """The whole stack, with what is back already: so nothing is counted as missing meanwhile."""
    return [
        line.copy
        for line in state.lines.values()
        if line.phase is not Phase.REFUSED
        and line.copy in state.items
        and blocker(state, line.copy) is None
    ]


def _on_their_way(state: State) -> list[Copy]:
    """Textbooks on the pad that are not lent and not refused yet."""
    phases = (Phase.WAITING, Phase.ASKING, Phase.UNANSWERED)
    return [
        line.copy
        for line in state.lines.values()
        if line.phase in phases
        and tags_of(state, line.copy)
        and is_textbook(state, line.copy)
        and blocker(state, line.copy) is None
    ]


def is_textbook(state: State, copy: Copy) -> bool:
    """True when the ledger says so; False while it has not told."""
    item = state.items.get(copy)
    return item is not None and item.kind is ItemKind.TEXTBOOK


def _refusals(state: State, answer: StackAnswer) -> list[Line]:
    found = []
    for spare in answer.spare:
        line = state.lines.get(Copy(Isil(spare.owner), ItemId(spare.item_id)))
        reason = _WHY.get(spare.why) if spare.why is not None else None
        if line is not None and line.phase is Phase.WAITING and reason is not None:
            found.append(replace(line, phase=Phase.REFUSED, reasons=(reason,)))
    return found


def _already_his(answer: StackAnswer) -> frozenset[Copy]:
    return frozenset(
        Copy(Isil(one.owner), ItemId(one.item_id))
        for one in answer.spare
        if one.why is Spare.ALREADY_HIS
    )
