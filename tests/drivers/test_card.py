"""One event per presence of a card, whatever the polls in between say."""

import pytest

from drivers.card import CardPlaced, CardPoll, CardPollKind, CardPresence, CardTaken, SeveralCards

A = CardPoll(CardPollKind.ONE, "DEADBEEF", 0x08)
B = CardPoll(CardPollKind.ONE, "04112233445566", 0x00)
NONE = CardPoll(CardPollKind.NONE)
SEVERAL = CardPoll(CardPollKind.SEVERAL)
UNREADABLE = CardPoll(CardPollKind.UNREADABLE)
A_PLACED, A_TAKEN = CardPlaced("DEADBEEF", 0x08), CardTaken("DEADBEEF")
B_PLACED = CardPlaced("04112233445566", 0x00)


def play(polls, every_s=0.1):
    presence = CardPresence()
    return [event for n, poll in enumerate(polls) for event in presence.step(poll, n * every_s)]


@pytest.mark.parametrize(
    ("polls", "events"),
    [
        ([NONE, NONE], []),
        ([A], [A_PLACED]),
        ([A, A, A, A], [A_PLACED]),
        ([A, NONE, A, NONE, NONE, A], [A_PLACED]),
        ([A, NONE, NONE, NONE], [A_PLACED, A_TAKEN]),
        ([A, NONE, NONE, NONE, NONE, A], [A_PLACED, A_TAKEN, A_PLACED]),
        ([A, UNREADABLE, NONE, UNREADABLE, NONE, NONE], [A_PLACED]),
        ([UNREADABLE, UNREADABLE, A], [A_PLACED]),
        ([A, B], [A_PLACED, A_TAKEN, B_PLACED]),
        ([SEVERAL, SEVERAL, SEVERAL], [SeveralCards()]),
        ([A, SEVERAL, SEVERAL, A], [A_PLACED, SeveralCards()]),
        ([SEVERAL, A, SEVERAL], [SeveralCards(), A_PLACED, SeveralCards()]),
        ([SEVERAL, NONE, NONE, NONE, SEVERAL], [SeveralCards(), SeveralCards()]),
    ],
)
def test_events_of_a_row_of_polls(polls, events):
    assert play(polls) == events


def test_slow_polls_end_a_presence_after_400_ms():
    assert play([A, NONE, NONE], every_s=0.21) == [A_PLACED, A_TAKEN]


def test_fast_polls_end_a_presence_after_three_of_them():
    assert play([A, NONE, NONE], every_s=0.01) == [A_PLACED]
    assert play([A, NONE, NONE, NONE], every_s=0.01) == [A_PLACED, A_TAKEN]


def test_card_that_counts_as_present_can_be_asked_for():
    presence = CardPresence()

    presence.step(A, 0.0)
    presence.step(NONE, 0.1)

    assert presence.card == A
