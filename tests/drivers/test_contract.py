"""What every item reader promises, on every model and wire: one text for all of them.

With ``pytest --bench PORT`` the same runs on a real device with one tag on it that may be written.
"""

import time

import pytest

from drivers.errors import Failed, NotAvailable, NotSupported, ReaderError, TimedOut
from drivers.reader import TagIds, UhfReader

# pyserial's rfc2217 client starts its thread the old way
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\):DeprecationWarning")

UIDS = [f"E00401003123AA{n:02X}" for n in range(10)]
EPCS = [f"3008{n:020X}" for n in range(10)]


@pytest.fixture
def ids(reader):
    return EPCS if reader.capabilities.ids is TagIds.EPC else UIDS


@pytest.fixture
def one(bench, reader, ids):
    """The tag that lies there alone: placed by us, or by a person."""
    if bench.movable:
        bench.place(ids[0])
        return ids[0]
    seen = reader.inventory()
    assert len(seen) == 1, "lay exactly one tag on the reader"
    return seen[0].uid


@pytest.fixture
def movable(bench):
    if not bench.movable:
        pytest.skip("tags and plugs of a real device are moved by a person")
    return bench


@pytest.fixture
def blocks(reader):
    if reader.capabilities.ids is TagIds.EPC:
        pytest.skip("UHF tags have banks, not blocks")
    return reader


@pytest.fixture
def banks(reader):
    if not isinstance(reader, UhfReader) or reader.capabilities.ids is not TagIds.EPC:
        pytest.skip("ISO 15693 tags have blocks, not banks")
    return reader


def test_identify_names_the_port_and_a_model(bench, reader):
    identity = reader.identify()

    assert identity.port == bench.url
    assert identity.model
    assert identity.firmware


def test_inventory_of_an_empty_pad_is_empty_and_complete(movable, reader):
    assert reader.inventory() == ()
    assert reader.inventory_is_complete


def test_inventory_sees_the_one_tag_every_time(one, reader):
    sweeps = [[tag.uid for tag in reader.inventory()] for _ in range(3)]

    assert sweeps == [[one]] * 3
    assert reader.inventory_is_complete


def test_inventory_sees_several_tags_each_once(movable, reader, ids):
    several = ids[: min(len(ids), reader.capabilities.max_tags - 1)]
    for uid in several:
        movable.place(uid)

    seen = [tag.uid for tag in reader.inventory()]

    assert sorted(seen) == sorted(several)
    assert reader.inventory_is_complete


def test_lifted_tag_is_gone_from_the_next_inventory(movable, one, reader):
    before = [tag.uid for tag in reader.inventory()]
    movable.lift(one)

    assert (before, reader.inventory()) == ([one], ())


def test_blocks_written_are_read_back_and_put_back(one, blocks):
    told = blocks.system_information(one)
    kept = blocks.read_blocks(one, 0, told.block_count)
    wanted = bytes(byte ^ 0x5A for byte in kept)

    blocks.write_blocks(one, 0, wanted)
    held = blocks.read_blocks(one, 0, told.block_count)
    blocks.write_blocks(one, 0, kept)

    assert held == wanted
    assert blocks.read_blocks(one, 0, told.block_count) == kept


def test_blocks_written_are_on_the_tag_itself(movable, one, blocks):
    blocks.write_blocks(one, 2, b"\x04\x11\x00\x011234")

    assert movable.memory(one)[8:16] == b"\x04\x11\x00\x011234"


def test_user_bank_written_is_on_the_tag_itself(movable, one, banks):
    banks.write_user_bank(one, bytes(range(40)))

    assert movable.memory(one) == bytes(range(40)) + bytes(24)
    assert banks.read_user_bank(one) == bytes(range(40)) + bytes(24)


def test_epc_bank_names_the_tag(one, banks):
    assert banks.read_epc_bank(one)[2:].hex().upper() == one


def test_afi_written_is_read_back_and_put_back(one, blocks):
    kept = blocks.system_information(one).afi

    blocks.write_afi(one, 0xC2 if kept != 0xC2 else 0x07)
    held = blocks.system_information(one).afi
    blocks.write_afi(one, kept)

    assert held == (0xC2 if kept != 0xC2 else 0x07)
    assert blocks.system_information(one).afi == kept


def test_afi_written_is_on_the_tag_itself(movable, one, blocks):
    blocks.write_afi(one, 0xC2)

    assert movable.afi(one) == 0xC2


def test_dsfid_written_is_read_back(one, blocks):
    kept = blocks.system_information(one).dsfid

    blocks.write_dsfid(one, 0x06)
    held = blocks.system_information(one).dsfid
    blocks.write_dsfid(one, kept)

    assert (held, blocks.system_information(one).dsfid) == (0x06, kept)


def test_tag_that_is_not_locked_says_so(one, blocks):
    assert blocks.read_locks(one, 0, 4) == (False,) * 4


def test_eas_is_set_and_cleared_or_refused_in_a_sentence(one, reader):
    if reader.capabilities.has_eas and one[2:4] != "04":
        pytest.skip("lay a tag of NXP down: other chips have no EAS")
    if not reader.capabilities.has_eas:
        with pytest.raises(NotSupported):
            reader.read_eas(one)
        return

    shown = []
    for wanted in (True, False):
        reader.write_eas(one, on=wanted)
        shown.append(reader.read_eas(one))

    assert shown == [True, False]


@pytest.mark.parametrize(
    ("has", "ask"),
    [
        ("has_outputs", lambda reader: reader.set_output(0, on=True, seconds=0.1)),
        ("has_field_reset", lambda reader: reader.reset_field()),
    ],
)
def test_function_that_a_model_lacks_is_refused_and_said_beforehand(reader, has, ask):
    refused = None
    try:
        ask(reader)
    except NotSupported as error:
        refused = error

    assert (refused is None) is getattr(reader.capabilities, has)


def test_tag_that_is_not_there_fails_with_a_status(movable, reader, ids):
    movable.place(ids[0])
    by_epc = reader.capabilities.ids is TagIds.EPC
    look = reader.read_epc_bank if by_epc else reader.system_information

    with pytest.raises(Failed) as told:
        look(ids[1])

    assert told.value.status is not None


def test_unplugged_reader_is_not_available_and_found_again(movable, one, reader):
    assert [tag.uid for tag in reader.inventory()] == [one]
    movable.unplug()

    with pytest.raises((NotAvailable, TimedOut)):
        reader.inventory()
    movable.replug()

    assert [tag.uid for tag in _patiently(reader)] == [one]
    assert reader.health.reopened == 1


def test_closed_reader_says_so(reader):
    reader.close()
    reader.close()

    with pytest.raises(NotAvailable, match="closed"):
        reader.inventory()


def _patiently(reader):
    """The next inventory that works: a lost reader is looked for after 0.5, 1 and 2 seconds."""
    end = time.monotonic() + 60
    while True:
        try:
            return reader.inventory()
        except ReaderError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
