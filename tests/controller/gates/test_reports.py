"""Whatever bytes come under whatever topic: a report, or one word about why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.messages import MAX_PAYLOAD_BYTES
from controller.gates.reports import BadReport, EventReport, StateReport, parse_report

EVENT = "polka/v1/school-33/gate-1/up/event"
STATE = "polka/v1/school-33/gate-1/state"
GOLDEN = (
    b'{"schema":1,"id":"3f0e5c1a-9a63-4d5c-8f0e-0c9a4a4c1b2d","seq":7,'
    b'"at":"2026-10-14T12:00:00+03:00","clock":"sure","kind":"alarm","direction":"out",'
    b'"verdict":"alarm","tags":[{"uid":"E004015012345601","afi":7,"antenna":1,"verdict":"alarm"}],'
    b'"count_in":3,"count_out":4,"reaction_ms":1.25}'
)


def test_event_is_read() -> None:
    report = parse_report(EVENT, GOLDEN)

    assert isinstance(report, EventReport)
    assert (report.topic.library, report.topic.device) == ("school-33", "gate-1")
    assert (report.event.seq, report.event.tags[0].uid) == (7, "E004015012345601")


def test_will_of_a_gate_is_read() -> None:
    report = parse_report(STATE, b'{"presence":"offline"}')

    assert isinstance(report, StateReport)
    assert report.state.at is None


@given(topic=st.one_of(st.text(), st.just(EVENT), st.just(STATE)), payload=st.binary())
def test_garbage_is_one_word(topic: str, payload: bytes) -> None:
    with pytest.raises(BadReport) as bad:
        parse_report(topic, payload)

    assert 0 < len(str(bad.value)) < 100


@given(cut=st.integers(0, len(GOLDEN) - 1))
def test_cut_event_is_refused(cut: int) -> None:
    with pytest.raises(BadReport, match="json_invalid"):
        parse_report(EVENT, GOLDEN[:cut])


@given(place=st.integers(0, len(GOLDEN) - 1), byte=st.integers(0, 255))
def test_damaged_byte_is_a_report_or_a_word(place: int, byte: int) -> None:
    damaged = GOLDEN[:place] + bytes([byte]) + GOLDEN[place + 1 :]

    try:
        outcome = parse_report(EVENT, damaged).topic.device
    except BadReport as bad:
        outcome = str(bad)

    assert outcome


def test_payload_over_the_brokers_limit_is_refused_unread() -> None:
    with pytest.raises(BadReport, match="too_large"):
        parse_report(EVENT, b" " * (MAX_PAYLOAD_BYTES + 1))
