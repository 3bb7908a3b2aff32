"""Whatever arrives at a gate is one of its messages or refused with a reason: nothing else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from circulation.configuration import GateVersion, read_gate_settings
from circulation.messages import Channel, GateAck, ListDelta, ListKind, PendingList
from gate.configuration import Pushed
from gate.mqtt import parse

ROOT = "polka/v1/school/gate1"
LIST = b'{"version": 3, "at": "2026-09-01T08:30:00Z", "uids": ["E004010000000001"]}'
DELTA = b'{"after": 3, "version": 4, "at": "2026-09-01T08:30:00Z", "kind": "ours"}'
ACK = b'{"ids": ["12345678-1234-4234-8234-123456789abc"]}'


def test_its_three_kinds_of_messages_are_read() -> None:
    whole, change, acknowledged = (
        parse(f"{ROOT}/down/{channel}", payload)
        for channel, payload in (("list", LIST), ("delta", DELTA), ("ack", ACK))
    )

    assert isinstance(whole, PendingList)
    assert whole.kind is ListKind.ARMED_LOANS
    assert isinstance(change, ListDelta)
    assert change.kind is ListKind.OURS
    assert isinstance(acknowledged, GateAck)


@pytest.mark.parametrize("channel", ["up/event", "up/ask", "state"])
def test_what_only_a_gate_says_is_refused_from_others(channel: str) -> None:
    with pytest.raises(ValueError, match="nobody tells it"):
        parse(f"{ROOT}/{channel}", b"{}")


@given(
    channel=st.sampled_from([*(c.value for c in Channel), "down/other", "", "#"]),
    payload=st.one_of(
        st.binary(max_size=200),
        st.sampled_from([LIST, DELTA, ACK]).flatmap(
            lambda whole: st.integers(0, len(whole)).map(lambda n: whole[:n])
        ),
    ),
)
@example(channel="down/list", payload=b"[" * 60_000)
@example(channel="down/list", payload=b'{"a":' * 10_000)
@example(channel="down/list", payload=b'{"version": ' + b"9" * 60_000 + b"}")
@example(channel="down/config", payload=b"[" * 60_000)
@example(channel="down/config", payload=b'{"version": ' + b"9" * 60_000 + b"}")
@example(channel="down/ack", payload=b'{"ids": []}')
@example(channel="down/delta", payload=b"x" * 65_537)
@example(channel="down/list", payload=LIST.replace(b"E004", b"e004"))
@example(channel="down/list", payload=LIST.replace(b"}", b', "patron": "Anna"}'))
def test_damage_is_a_value_error_and_never_anything_else(channel: str, payload: bytes) -> None:
    try:
        arrived = parse(f"{ROOT}/{channel}", payload)
        if isinstance(arrived, Pushed):
            arrived = read_gate_settings(arrived.payload)
    except ValueError:
        return
    assert isinstance(arrived, GateAck | PendingList | ListDelta | GateVersion)
