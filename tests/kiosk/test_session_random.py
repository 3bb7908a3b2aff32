"""Whatever happens in whatever order: a way out by time, cancel and staff, and nobody's name."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.access import Access
from kiosk.choices import all_choices, focused
from kiosk.events import (
    HeadphonesSeen,
    Key,
    KeyPressed,
    Pressed,
    Tick,
)
from kiosk.i18n import load_texts
from kiosk.present import present
from kiosk.session import step
from kiosk.state import Stage, Trouble
from tests.kiosk.histories import (
    NOBODY,
    SECRET,
    histories,
)

TEXTS = {language: load_texts(language) for language in ("ru", "en")}


@given(histories)
@settings(max_examples=250, deadline=None)
def test_time_alone_leads_back_to_the_start_screen(state):
    for _ in range(80):
        state, _ = step(state, Tick(state.now + 5))

    assert state.stage is Stage.IDLE or state.trouble is Trouble.READER_LOST
    assert state.person is None
    assert (state.access, state.access_open) == (Access(speech=state.headphones), False)
    assert SECRET not in repr(state)


@given(histories)
@settings(max_examples=250, deadline=None)
def test_cancel_and_staff_end_every_session_at_once(state):
    closed, _ = step(state, Pressed("access_done"))
    for panel in ("damage_close", "class_close"):
        closed, _ = step(closed, Pressed(panel))
    for end in (Pressed("finish"), KeyPressed(Key.BACK), KeyPressed(Key.STAFF)):
        ended, _ = step(closed, end)

        assert ended.stage in (Stage.IDLE, Stage.PROBLEM)
        assert ended.person is None


@given(histories)
@settings(max_examples=250, deadline=None)
def test_start_and_problem_screens_show_nothing_personal(state):
    ended, _ = step(state, KeyPressed(Key.STAFF))

    view = present(ended, TEXTS[ended.language], ended.now)

    assert view.screen in NOBODY
    assert view.rows == ()
    assert SECRET not in repr(view)
    assert "Тайная книга" not in repr(view)
    assert SECRET not in repr(ended)
    assert ended.class_session is None


@given(histories)
@settings(max_examples=250, deadline=None)
def test_no_name_outlives_the_session_of_a_class(state):
    by_time = state if state.class_session is None else replace(state, now=state.now + 3600)
    ended, _ = step(by_time, Tick(by_time.now))

    assert ended.class_session is None
    if ended.person is None:
        assert SECRET not in repr(ended)


@given(histories, st.sampled_from(["finish", "receipt"]))
@settings(max_examples=250, deadline=None)
def test_thanks_hold_figures_only(state, last):
    closed, _ = step(state, Pressed("access_done"))
    ended, _ = step(closed, Pressed(last))
    if ended.stage is not Stage.IDLE:
        return  # no receipt was offered

    view = present(ended, TEXTS[ended.language], ended.now)

    assert SECRET not in repr(view) + repr(ended.farewell)
    assert "Тайная книга" not in repr(view) + repr(ended.farewell)


@given(histories)
@settings(max_examples=250, deadline=None)
def test_view_offers_exactly_what_the_session_obeys_in_the_order_of_focus(state):
    view = present(state, TEXTS[state.language], state.now)

    in_rows = tuple(row.action.id for row in view.rows if row.action)
    offered = tuple(a.id for a in view.actions) + in_rows + tuple(a.id for a in view.bar)

    assert offered == all_choices(state)


@given(histories)
@settings(max_examples=250, deadline=None)
def test_every_offered_action_changes_the_state_or_asks_for_something(state):
    moved, _ = step(state, Tick(state.now + 1))
    for action in all_choices(moved):
        after, effects = step(moved, Pressed(action))

        assert after != moved or effects, action


@given(histories)
@settings(max_examples=250, deadline=None)
def test_every_view_speaks_and_has_one_primary_action_at_most(state):
    view = present(state, TEXTS[state.language], state.now)

    assert view.spoken
    assert all(action.spoken and action.label for action in (*view.actions, *view.bar))
    assert sum(action.weight == "primary" for action in view.actions) <= 1


@given(histories)
@settings(max_examples=250, deadline=None)
def test_names_and_titles_are_never_spoken_without_headphones(state):
    state, _ = step(state, HeadphonesSeen(plugged=False))
    view = present(state, TEXTS[state.language], state.now)

    rows = tuple(row.spoken + (row.action.spoken if row.action else "") for row in view.rows)
    spoken = " ".join((view.spoken, *rows, *(action.spoken for action in view.actions)))

    assert SECRET not in spoken
    assert "Тайная" not in spoken


@given(histories)
@settings(max_examples=250, deadline=None)
def test_every_action_is_reached_and_pressed_by_two_keys(state):
    state, _ = step(state, Tick(state.now))
    for first in ("continue", "wake"):  # out of the warning and the dark, which a key ends
        state, _ = step(state, Pressed(first))
    for place, action in enumerate(all_choices(state)):
        walked = state
        while focused(walked) != place:
            walked, _ = step(walked, KeyPressed(Key.NEXT))

        by_keys, ordered = step(walked, KeyPressed(Key.PRESS))
        by_finger, expected = step(walked, Pressed(action))

        assert (by_keys, ordered) == (by_finger, expected)
