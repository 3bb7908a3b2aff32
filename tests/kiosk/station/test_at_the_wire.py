"""Tags written by the real driver on a simulated pad: continuous mode with trouble, and stacks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from circulation.loan import ItemState
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from hw_sim.faults import Fault, FaultKind
from hw_sim.field import Written
from hw_sim.tag import Tag
from kiosk.events import Pressed
from kiosk.station.events import Line
from kiosk.station.state import Ending, Stage, Word
from tests.kiosk.station.conftest import OWNER, SIZE, copy_to_tag
from tests.kiosk.station.pad_world import PAD, Ledger, PadWorld, name_of, uid_bytes

SHORT, LONG = 40, 1_000
TROUBLE = ("two tags", "a foreign one first", "lifted during the write", "unplugged", "another's")
CHAINED = bytes.fromhex(  # 28560-2: item 1620168259 of FI-Mamk-M, by Hypernova-Oy/lainuri
    "910104 6091CE43 80 0201A8 050110 67024241 03073240DE05AB075B"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def item(number: int) -> str:
    return f"B-{number:04d}"


def scan(world: PadWorld, number: int) -> None:
    world.shell.post(Line(item(number)))
    world.wait(lambda state: state.job is not None and state.job.copy.item_id == item(number))


def written(world: PadWorld, count: int) -> None:
    world.wait(lambda state: state.written >= count)


def foreign_tag(number: int) -> Tag:
    memory = encode(TagContent(item_id="B-0001", owner="DK-718500"), size=SIZE)
    return Tag(uid_bytes(number), bytearray(memory), afi=0x07, dsfid=0x3E)


class Librarian:
    """Lays books down, and now and then makes the mistakes that librarians make."""

    def __init__(self, world: PadWorld) -> None:
        self.world = world

    def tags_one(self, number: int, trouble: str | None) -> None:
        world, uid = self.world, name_of(number)
        done = world.state.written + 1
        scan(world, number)
        match trouble:
            case "two tags":
                world.lay(uid, name_of(number + 1))
                world.wait(lambda state: state.notice and state.notice.word is Word.TWO_TAGS)
                world.lift()
            case "a foreign one first":
                world.lay(world.make(0x8000 + number, foreign_tag(0x8000 + number)))
                world.wait(lambda state: state.notice and state.notice.word is Word.FOREIGN)
                world.lift()
            case "lifted during the write":
                occurrence = 1 + number % 8
                world.world.lift_during_write(PAD, uid, Written.BLOCK, occurrence)
            case "another's" if number > 1:
                world.lay(name_of(number - 1))
                world.wait(lambda state: state.question is not None)
                world.lift()
            case "unplugged":
                fault = Fault(FaultKind.UNPLUG, command=b"\xb0\x24", delay_ms=50, at=3)
                world.world.fault(PAD, fault)
        world.lay(uid)
        if trouble == "lifted during the write":
            world.wait(lambda state: state.notice and state.notice.word is Word.LIFTED)
            world.lay(uid)
        written(world, done)
        world.lift()


def check_everything(world: PadWorld, count: int) -> None:
    """Every tag that was reported good says its copy, armed; nothing else says a copy of ours."""
    ledger = world.ledger
    world.wait(lambda state: state.unsent == 0)
    good = {told.uid: told for told in ledger.told if told.result in ("written", "renewed")}
    assert len(good) == count
    wrong = []
    for uid, told in good.items():
        said, tag = world.says(uid), world.world.tag(uid)
        if (said.item_id, said.problems, tag.afi, tag.dsfid) != (told.item_id, (), 0x07, 0x3E):
            wrong.append((uid, told.item_id, said))
    assert wrong == []
    says = [world.says(tag.name) for tag in world.world.tags() if tag.name not in good]
    assert [said for said in says if said.item_id is not None and said.owner == OWNER] == []
    assert all(uid == name_of(int(told.item_id[2:])) for uid, told in good.items())


def play_campaign(folder: Path, count: int, every: int) -> None:
    """`every`: of so many copies one has trouble, each kind in its turn."""
    ledger = Ledger(*(copy_to_tag(item(number)) for number in range(1, count + 1)))
    world = PadWorld(folder, ledger)
    try:
        for number in range(1, count + 2):
            world.make(number)
        librarian = Librarian(world)
        for number in range(1, count + 1):
            kind = TROUBLE[number // every % len(TROUBLE)]
            librarian.tags_one(number, kind if number % every == 0 else None)
        check_everything(world, count)
    finally:
        world.close()


def test_forty_copies_one_after_the_other_with_every_kind_of_trouble(folder: Path) -> None:
    play_campaign(folder, SHORT, every=4)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_copies_with_five_percent_of_trouble(folder: Path) -> None:
    play_campaign(folder, LONG, every=20)


@pytest.fixture
def stack(folder: Path) -> Iterator[PadWorld]:
    """Fifteen books: five of each old layout, all known to the ledger."""
    copies = [copy_to_tag(item(number)) for number in range(1, 16)]
    world = PadWorld(folder, Ledger(*copies))
    yield world
    world.close()


def old_tag(number: int) -> Tag:
    """Layouts in turn, each with a mark of somebody else's behind its end."""
    name = item(number).encode()
    match number % 3:
        case 0:
            memory = b"\x04\x11\0\0" + name.ljust(16, b"\0") + bytes(12)
            dsfid = 0
        case 1:
            content = TagContent(item_id=item(number), owner=OWNER)
            memory, dsfid = encode(content, layout="28560-2", size=64).rstrip(b"\0"), 0x06
        case _:
            content = TagContent(item_id=item(number), owner=OWNER)
            memory, dsfid = encode(content, size=64).rstrip(b"\0"), 0x3E
            memory = b"".join(memory.ljust(64, b"\0")[at : at + 4][::-1] for at in range(0, 64, 4))
    whole = bytearray(memory.ljust(SIZE, b"\0"))
    whole[100:104] = b"KEEP" if number % 3 != 2 else b"PEEK"  # turned with its blocks
    return Tag(uid_bytes(number), whole, afi=0xD7, dsfid=dsfid)


def test_a_stack_of_mixed_old_layouts_is_written_anew_where_it_lies(stack: PadWorld) -> None:
    uids = [stack.make(number, old_tag(number)) for number in range(1, 16)]
    stack.shell.act("convert")
    stack.wait(lambda state: state.stage is Stage.CONVERT)

    stack.lay(*uids)
    stack.wait(lambda state: len(state.lines) == 15 and state.unsent == 0)

    assert {line.ending for line in stack.state.lines} == {Ending.RENEWED}
    for number, uid in enumerate(uids, start=1):
        said, tag = stack.says(uid), stack.world.tag(uid)
        assert (said.layout, said.item_id, said.problems) == ("28560-3", item(number), ())
        assert (said.owner, tag.afi, tag.dsfid) == (OWNER, 0x07, 0x3E)
        assert b"KEEP" in bytes(tag.memory)
    assert {told.result for told in stack.ledger.told} == {"renewed"}


def test_a_book_pulled_out_of_the_stack_is_finished_when_it_comes_back(stack: PadWorld) -> None:
    uids = [stack.make(number, old_tag(number)) for number in (3, 4)]
    stack.shell.act("convert")
    stack.world.lift_during_write(PAD, uids[0], Written.BLOCK, 4)
    stack.lay(*uids)
    stack.wait(lambda state: state.written == 1 and state.writing is None)
    assert stack.says(uids[0]).item_id is None, "damaged, and nobody's"

    stack.lay(uids[0])
    stack.wait(lambda state: state.written == 2 and state.unsent == 0)

    assert stack.says(uids[0]).item_id == item(3)
    assert b"KEEP" in bytes(stack.world.tag(uids[0]).memory)


def test_what_is_not_the_ledgers_is_left_as_it_is(stack: PadWorld) -> None:
    memory = CHAINED.ljust(SIZE, b"\0")
    stranger = Tag(uid_bytes(90), bytearray(memory), dsfid=0x06)
    uids = [stack.make(90, stranger), stack.make(91), stack.make(92, foreign_tag(92))]
    before = [bytes(stack.world.tag(uid).memory) for uid in uids]
    stack.shell.act("convert")

    stack.lay(*uids)
    stack.wait(lambda state: len(state.lines) == 3)

    assert [bytes(stack.world.tag(uid).memory) for uid in uids] == before
    assert {line.ending for line in stack.state.lines} == {Ending.SKIPPED}


def test_a_written_off_copy_keeps_its_old_tag(stack: PadWorld) -> None:
    withdrawn = {"state": ItemState.WITHDRAWN}
    stack.ledger.copies[item(3)] = stack.ledger.copies[item(3)].model_copy(update=withdrawn)
    uid = stack.make(3, old_tag(3))
    before = bytes(stack.world.tag(uid).memory)
    stack.shell.act("convert")

    stack.lay(uid)
    stack.wait(lambda state: len(state.lines) == 1)

    assert stack.state.lines[0].word is Word.WITHDRAWN
    assert bytes(stack.world.tag(uid).memory) == before


def test_undone_the_tag_is_blank_again_byte_for_byte(stack: PadWorld) -> None:
    uid = stack.make(1)
    scan(stack, 1)
    stack.lay(uid)
    written(stack, 1)

    stack.shell.post(Pressed("undo"))
    stack.wait(lambda state: state.notice and state.notice.word is Word.UNDONE)
    stack.wait(lambda state: state.unsent == 0)

    tag = stack.world.tag(uid)
    assert (bytes(tag.memory), tag.afi, tag.dsfid) == (bytes(SIZE), 0, 0)
    assert len(stack.ledger.undone) == 1


def test_a_locked_block_is_seen_before_anything_is_written(stack: PadWorld) -> None:
    tag = Tag(uid_bytes(1), bytearray(SIZE), locked={5})
    uid = stack.make(1, tag)
    scan(stack, 1)

    stack.lay(uid)
    stack.wait(lambda state: state.notice and state.notice.word is Word.LOCKED)

    assert (bytes(tag.memory), tag.dsfid, tag.writes) == (bytes(SIZE), 0, 0)


def test_without_the_controller_the_fact_waits_on_disk(stack: PadWorld) -> None:
    uid = stack.make(1)
    scan(stack, 1)
    stack.lay(uid)
    stack.wait(lambda state: state.writing is not None or state.written)
    stack.ledger.away = True
    written(stack, 1)
    stack.wait(lambda state: state.unsent >= 0)
    stack.ledger.away = False

    stack.wait(lambda state: state.unsent == 0 and stack.ledger.told)

    assert [told.uid for told in stack.ledger.told] == [uid]
