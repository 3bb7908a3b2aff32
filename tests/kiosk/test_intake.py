"""When a tag counts as there and as gone, how soon it is told, and how orders are carried out.

The reader is scripted at the level of methods, for timing only; bytes are tested elsewhere.
"""

import threading
import time

import pytest

from circulation.ids import Copy, Isil, ItemId
from circulation.reasons import Reason
from circulation.tags.afi import SecurityAfi
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent, Usage
from drivers.errors import Failed, NotAvailable, TimedOut
from kiosk.events import (
    BookTag,
    ItemLifted,
    ItemPlaced,
    OddTag,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    SecuritySeen,
    SecurityWritten,
    TagsUnread,
)
from kiosk.intake import PAUSE_S, Intake, Order, _Desk
from kiosk.presence import Presence

OWNER = Isil("RU-10010033")
ARMED, DISARMED = 0x07, 0xC2
UID = "E004010012345678"


def memory(item="A1", *, owner=OWNER, usage=Usage.CIRCULATING, size=112, parts=1, part=1):
    content = TagContent(ItemId(item), owner=owner, usage=usage, parts=parts, part=part)
    return encode(content, size=size)


class Bench:
    """A running intake and what it told."""

    def __init__(self, open_reader, *, allow_simulated=True):
        self.events = []
        self._arrived = threading.Condition()
        self.intake = Intake(
            open_reader,
            self._post,
            owner=OWNER,
            afi=SecurityAfi(),
            allow_simulated=allow_simulated,
        )
        self.intake.start()

    def _post(self, event):
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait_for(self, kind, count=1, timeout_s=60.0):
        def found():
            return [event for event in self.events if isinstance(event, kind)]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(found()) >= count, timeout_s), self.events
            return found()


@pytest.fixture
def benches():
    """Opens intakes and closes them again."""
    opened = []

    def start(open_reader, **options):
        opened.append(Bench(open_reader, **options))
        return opened[-1]

    yield start
    for bench in opened:
        bench.intake.stop()


def test_tag_is_there_at_its_first_look_and_gone_after_three_misses():
    presence = Presence()

    looks = [presence.look(uids, at) for at, uids in enumerate_looks(["a", "", "", "", ""])]

    assert looks[0] == (("a",), ())
    assert [gone for _, gone in looks[1:]] == [(), (), ("a",), ()]


def test_tag_that_flickers_never_leaves():
    presence = Presence()

    looks = [presence.look(uids, at) for at, uids in enumerate_looks(["a", "", "", "a", "", "a"])]

    assert [came for came, _ in looks] == [("a",), (), (), (), (), ()]
    assert all(gone == () for _, gone in looks)


def test_slow_looks_let_a_tag_go_after_600_ms_and_two_misses():
    presence = Presence()
    presence.look(["a"], 0.0)

    one_slow_look = presence.look([], 0.9)
    second = presence.look([], 1.0)

    assert one_slow_look == ((), ())
    assert second == ((), ("a",))


def test_fast_looks_do_not_let_a_tag_go_sooner():
    presence = Presence()
    presence.look(["a"], 0.0)

    gone = [presence.look([], 0.07 * n)[1] for n in range(1, 7)]

    assert gone == [(), (), (), (), (), ("a",)]


def enumerate_looks(looks):
    return [(0.15 * n, list(uids)) for n, uids in enumerate(looks)]


def test_each_tag_is_told_as_soon_as_its_own_blocks_are_read(benches, reader):
    for n in range(4):
        reader.lay(f"E00401001234567{n}", memory(f"A{n}"))

    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen, 4)

    reads = [act for act, _ in reader.log if act != "inventory"]
    assert reads[:8] == ["read_blocks"] * 4 + ["system_information"] * 4
    placed = [event for event in bench.events if isinstance(event, ItemPlaced)]
    assert placed[0] == ItemPlaced("E004010012345670", BookTag(Copy(OWNER, ItemId("A0"))))
    first_afi = next(i for i, e in enumerate(bench.events) if isinstance(e, SecuritySeen))
    told = [type(event) for event in bench.events[:first_afi]]
    assert told == [ReaderBack, TagsUnread, *[ItemPlaced] * 4, TagsUnread]
    assert [e.count for e in bench.events if isinstance(e, TagsUnread)] == [4, 0]


@pytest.mark.parametrize(("afi", "armed"), [(ARMED, True), (DISARMED, False), (0x00, None)])
def test_afi_is_told_as_armed_disarmed_or_neither(benches, reader, afi, armed):
    reader.lay(UID, memory(), afi)

    seen = benches(lambda: reader).wait_for(SecuritySeen)

    assert seen == [SecuritySeen(UID, armed)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(112), Reason.TAG_BLANK),
        (memory(owner="DK-718500"), Reason.TAG_FOREIGN),
        (memory(usage=Usage.PATRON_CARD), Reason.TAG_NOT_AN_ITEM),
        (bytes([memory()[0], 9]) + memory()[2:], Reason.TAG_UNREADABLE),
    ],
)
def test_odd_tags_are_told_with_their_reason(benches, reader, data, reason):
    reader.lay(UID, data)

    placed = benches(lambda: reader).wait_for(ItemPlaced)

    assert placed == [ItemPlaced(UID, OddTag(reason))]


def test_part_of_a_set_is_told_with_its_number(benches, reader):
    reader.lay(UID, memory(parts=3, part=2))

    placed = benches(lambda: reader).wait_for(ItemPlaced)

    assert placed[0].tag == BookTag(Copy(OWNER, ItemId("A1")), part=2, parts=3)


def test_owner_that_reaches_beyond_eight_blocks_is_read_to_its_end(benches, reader):
    long_owner = "RU-1234567890A"
    reader.lay(UID, memory(owner=long_owner))

    placed = benches(lambda: reader).wait_for(ItemPlaced)

    assert placed == [ItemPlaced(UID, OddTag(Reason.TAG_FOREIGN))]
    assert [act for act, _ in reader.log].count("read_blocks") == 2


def test_owner_written_behind_eight_blocks_of_a_chain_is_read_too(benches, reader):
    """A 28560-2 chain whose eighth block ends with an element looks as if it ended there."""
    chain = bytes.fromhex("11051CBE991A14 020190 6614" + "78" * 20 + "0307ACC09EBAA06F6B")
    reader.dsfid = 0x06
    reader.lay(UID, chain.ljust(112, b"\0"))

    placed = benches(lambda: reader).wait_for(ItemPlaced)

    assert placed == [ItemPlaced(UID, OddTag(Reason.TAG_FOREIGN))]
    assert [act for act, _ in reader.log].count("read_blocks") == 2


def test_tag_that_cannot_be_read_holds_the_stack_up_until_it_is_told_as_such(benches, reader):
    reader.lay(UID, memory())
    reader.faults["read_blocks", UID] = [Failed("weak")] * 3

    bench = benches(lambda: reader)
    bench.wait_for(ItemPlaced, 2)

    told = [e for e in bench.events if isinstance(e, TagsUnread | ItemPlaced)]
    assert told[:3] == [
        TagsUnread(1),
        ItemPlaced(UID, OddTag(Reason.TAG_UNREADABLE)),
        TagsUnread(0),
    ]


def test_tag_that_cannot_be_read_three_times_is_told_and_heals(benches, reader):
    reader.lay(UID, memory())
    reader.faults["read_blocks", UID] = [Failed("weak")] * 3

    placed = benches(lambda: reader).wait_for(ItemPlaced, 2)

    assert placed[0].tag == OddTag(Reason.TAG_UNREADABLE)
    assert isinstance(placed[1].tag, BookTag)


def test_lifted_book_is_told_once(benches, reader):
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    reader.tags.clear()

    assert bench.wait_for(ItemLifted) == [ItemLifted(UID)]


def test_order_is_written_and_verified(benches, reader):
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    bench.intake.order(UID, armed=False)

    assert bench.wait_for(SecurityWritten) == [SecurityWritten(UID, False, ok=True, changed=True)]
    assert reader.afis[UID] == DISARMED


def test_order_is_carried_out_though_every_look_takes_longer_than_the_pause(
    benches, reader, monkeypatch
):
    look_at_many_tags, inventory = PAUSE_S * 4, reader.inventory
    monkeypatch.setattr(reader, "inventory", lambda: time.sleep(look_at_many_tags) or inventory())
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    bench.intake.order(UID, armed=False)

    assert bench.wait_for(SecurityWritten, timeout_s=60.0)[0].ok


def test_known_tag_is_written_without_another_look(benches, reader):
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    bench.intake.order(UID, armed=False)
    bench.wait_for(SecurityWritten)

    assert [act for act, _ in reader.log].count("system_information") == 1  # the first sight


def test_tag_that_nobody_looked_at_is_looked_at_before_it_is_armed_and_not_before_disarming(reader):
    reader.lay(UID, memory(), DISARMED)
    told = []
    desk = _Desk(reader, told.append, OWNER, SecurityAfi(), time.monotonic)

    desk.carry_out(Order(UID, armed=True))
    arming = [act for act, _ in reader.log]
    other = "E004010012345679"
    reader.lay(other, memory("A2"))
    desk.carry_out(Order(other, armed=False))

    assert arming == ["system_information", "write_afi"]
    assert [act for act, _ in reader.log[len(arming) :]] == ["write_afi"]
    assert [event.changed for event in told] == [True, True]
    assert reader.afis == {UID: ARMED, other: DISARMED}


def test_order_that_is_already_so_changes_nothing(benches, reader):
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    bench.intake.order(UID, armed=True)

    assert bench.wait_for(SecurityWritten) == [SecurityWritten(UID, True, ok=True, changed=False)]
    assert ("write_afi", UID) not in reader.log


def test_write_whose_outcome_was_unknown_still_counts_as_ours(benches, reader):
    reader.lay(UID, memory())
    reader.faults["write_afi", UID] = [TimedOut("no answer")]
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)

    bench.intake.order(UID, armed=False)

    assert bench.wait_for(SecurityWritten)[0].changed


def test_order_for_a_lifted_book_fails_after_three_tries(benches, reader):
    reader.lay(UID, memory())
    bench = benches(lambda: reader)
    bench.wait_for(SecuritySeen)
    reader.tags.clear()

    bench.intake.order(UID, armed=False)

    assert bench.wait_for(SecurityWritten) == [SecurityWritten(UID, False, ok=False, changed=True)]


def test_lost_reader_is_told_once_and_comes_back_by_itself(benches, reader):
    reader.lay(UID, memory())
    reader.faults["inventory", ""] = [None, None, NotAvailable("unplugged")]

    bench = benches(lambda: reader)
    bench.wait_for(ReaderBack, 2)
    bench.wait_for(ItemPlaced, 2)

    told = [type(event) for event in bench.events]
    assert told.count(ReaderLost) == 1
    assert reader.closed


def test_reader_that_is_not_there_is_tried_again(benches, reader):
    attempts = []

    def open_reader():
        attempts.append(1)
        if len(attempts) < 3:
            raise NotAvailable("no such device")
        return reader

    bench = benches(open_reader)
    bench.wait_for(ReaderBack)

    assert [type(event) for event in bench.events] == [ReaderLost, ReaderBack]


def test_simulated_reader_is_refused_by_a_real_kiosk(benches, reader):
    reader.simulated = True
    reader.lay(UID, memory())

    bench = benches(lambda: reader, allow_simulated=False)
    bench.wait_for(ReaderRefused)

    assert [type(event) for event in bench.events] == [ReaderRefused]
    assert reader.log == []
