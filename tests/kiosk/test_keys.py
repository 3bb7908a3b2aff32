"""A keypad: what its keys mean, and what a trembling or resting finger does not do."""

import pytest

from kiosk.events import Key
from kiosk.keys import DEFAULT_KEYS, SAME_KEY_S, Keypad

ENTER, DOWN, ESCAPE = 40, 81, 41


def test_each_key_but_the_librarian_s_has_a_place_on_a_usual_keyboard():
    keypad = Keypad(DEFAULT_KEYS)

    meant = {key: keypad.down(codes[0], 0.0) for key, codes in DEFAULT_KEYS.items()}

    assert meant == {key: key for key in Key if key is not Key.STAFF}


def test_a_key_held_down_repeats_nothing():
    keypad = Keypad(DEFAULT_KEYS)

    presses = [keypad.down(DOWN, at / 10) for at in range(30)]
    keypad.up(DOWN)

    assert presses == [Key.NEXT] + 29 * [None]
    assert keypad.down(DOWN, 3.1) is Key.NEXT


@pytest.mark.parametrize(
    ("code", "after_s", "meant"),
    [
        (ENTER, SAME_KEY_S / 2, None),
        (ENTER, SAME_KEY_S, Key.PRESS),
        (ESCAPE, SAME_KEY_S / 2, None),
        (DOWN, 0.05, Key.NEXT),
    ],
)
def test_a_trembling_finger_presses_once_but_may_step_fast(code, after_s, meant):
    keypad = Keypad(DEFAULT_KEYS)
    keypad.down(code, 10.0)
    keypad.up(code)

    assert keypad.down(code, 10.0 + after_s) is meant


def test_an_unknown_key_means_nothing():
    assert Keypad(DEFAULT_KEYS).down(4, 0.0) is None


def test_one_key_cannot_mean_two_things():
    with pytest.raises(ValueError, match="scancode 40 is press and back"):
        Keypad({Key.PRESS: (40,), Key.BACK: (40,)})
