"""One event for each presence of a card, also when a second one comes and goes."""

import pytest

from drivers.card import CardPoll, CardPollKind
from kiosk.cards import CardWatch
from kiosk.events import CardPresented, CardRemoved, TwoCards

A = CardPoll(CardPollKind.ONE, uid="04A1B2C3D4E5F6", sak=0)
B = CardPoll(CardPollKind.ONE, uid="11223344", sak=8)
NONE = CardPoll(CardPollKind.NONE)
SEVERAL = CardPoll(CardPollKind.SEVERAL)
UNREADABLE = CardPoll(CardPollKind.UNREADABLE)


def told(*polls):
    watch = CardWatch()
    return [event for n, poll in enumerate(polls) for event in watch.step(poll, n * 0.12)]


@pytest.mark.parametrize(
    ("polls", "events"),
    [
        ([NONE, A, A, A], [CardPresented(A.uid)]),
        ([A, NONE, A], [CardPresented(A.uid)]),
        ([A, NONE, NONE, NONE, NONE], [CardPresented(A.uid), CardRemoved()]),
        ([A, B], [CardPresented(A.uid), CardRemoved(), CardPresented(B.uid)]),
        ([A, SEVERAL, SEVERAL, A], [CardPresented(A.uid), TwoCards(), CardPresented(A.uid)]),
        (
            [A, SEVERAL, B],
            [CardPresented(A.uid), TwoCards(), CardRemoved(), CardPresented(B.uid)],
        ),
        ([SEVERAL, NONE, NONE, NONE, NONE, NONE], [TwoCards(), CardRemoved()]),
        ([SEVERAL, NONE, SEVERAL], [TwoCards()]),
        ([A, UNREADABLE, UNREADABLE, A], [CardPresented(A.uid)]),
        ([CardPoll(CardPollKind.ONE, uid="00000000", sak=0)], []),
    ],
)
def test_polls_become_one_event_for_each_presence(polls, events):
    assert told(*polls) == events
