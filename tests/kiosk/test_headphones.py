"""Headphones, as the kernel's list of sound cards tells."""

from kiosk.headphones import never, sound_card

NONE = " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n"
PLUGGED = NONE + " 1 [AudioNav       ]: USB-Audio - AudioNav EZ\n"


def test_a_keypad_s_own_sound_card_comes_and_goes_with_the_plug(tmp_path):
    cards = tmp_path / "cards"
    cards.write_text(NONE)
    jack = sound_card("AudioNav", cards)

    before = jack()
    cards.write_text(PLUGGED)

    assert (before, jack()) == (False, True)


def test_without_a_sound_system_nothing_is_plugged(tmp_path):
    assert sound_card("AudioNav", tmp_path / "absent")() is False
    assert never() is False
