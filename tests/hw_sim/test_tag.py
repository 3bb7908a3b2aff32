"""A tag keeps what it was told, and refuses as ISO/IEC 15693-3 says."""

import pytest

from hw_sim.tag import IsoError, IsoErrorCode, Tag, TagState, blank_tag

UID = bytes.fromhex("E00401003123AA26")


def test_write_to_a_locked_block_answers_error_12_and_keeps_the_block() -> None:
    tag = blank_tag(UID)
    tag.write(3, b"book")
    tag.lock(3)

    with pytest.raises(IsoError) as caught:
        tag.write(3, b"else")

    assert caught.value.code == IsoErrorCode.LOCKED == 0x12
    assert tag.read(3, 1) == b"book"
    assert tag.writes == 1


@pytest.mark.parametrize(("first", "count"), [(28, 1), (27, 2), (0, 29)])
def test_read_of_a_missing_block_answers_error_10(first: int, count: int) -> None:
    tag = blank_tag(UID)

    with pytest.raises(IsoError) as caught:
        tag.read(first, count)

    assert caught.value.code == 0x10


@pytest.mark.parametrize("what", ["afi", "dsfid", "eas"])
def test_a_lock_is_for_ever_and_can_be_set_once(what: str) -> None:
    tag = blank_tag(UID)
    lock = getattr(tag, f"lock_{what}")
    writes = {
        "afi": lambda: tag.write_afi(0xC2),
        "dsfid": lambda: tag.write_dsfid(6),
        "eas": lambda: tag.set_eas(on=True),
    }

    lock()
    with pytest.raises(IsoError) as twice:
        lock()
    with pytest.raises(IsoError) as written:
        writes[what]()

    assert twice.value.code == 0x11
    assert written.value.code == 0x12
    assert (tag.afi, tag.dsfid, tag.eas) == (0, 0, False)


def test_a_tag_without_power_forgets_that_it_was_quiet() -> None:
    tag = blank_tag(UID)
    tag.state = TagState.QUIET

    tag.power_off()

    assert tag.state is TagState.READY


@pytest.mark.parametrize(
    ("uid", "memory"),
    [(b"\xe0\x04", bytes(4)), (b"\xd0" + bytes(7), bytes(4)), (UID, b""), (UID, bytes(5))],
)
def test_what_cannot_be_a_tag_is_refused(uid: bytes, memory: bytes) -> None:
    with pytest.raises(ValueError, match=r"tag (UID|memory)"):
        Tag(uid=uid, memory=bytearray(memory))
