"""The card reader on the unmodified `mfrc522` package and a register-level chip."""

import logging
import sys

import pytest

from drivers.card import CardPoll, CardPollKind
from drivers.errors import NotAvailable
from drivers.readers.mfrc522 import iso14443
from drivers.readers.mfrc522.iso14443 import Received, Reply
from drivers.readers.mfrc522.reader import Mfrc522Reader
from tests.drivers.chip_model import Card, Chip, Pins, modules

NONE = CardPoll(CardPollKind.NONE)
SEVERAL = CardPoll(CardPollKind.SEVERAL)
UNREADABLE = CardPoll(CardPollKind.UNREADABLE)


@pytest.fixture
def chip():
    return Chip()


@pytest.fixture
def pins():
    return Pins()


@pytest.fixture
def simulated():
    return False


@pytest.fixture
def bus(chip, pins, simulated, monkeypatch):
    for name, module in modules(chip, pins, simulated=simulated).items():
        monkeypatch.setitem(sys.modules, name, module)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "mfrc522"]:
        del sys.modules[name]


@pytest.fixture
def reader(bus):
    made = Mfrc522Reader("spi://0.0")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        ("5000", "57CD"),  # HLTA, ISO/IEC 14443-3
        ("3008", "4A24"),
        ("9370DEADBEEF22", "B99C"),
        ("937088041122BF", "B3F9"),
        ("08", "B6DD"),
        ("04", "DA17"),
    ],
)
def test_crc_a(data, crc):
    assert iso14443.crc_a(bytes.fromhex(data)) == bytes.fromhex(crc)


def test_crc_a_of_the_shared_vectors(shared_vectors):
    vectors = shared_vectors("readers-mfrc522.json")["vectors_crc_a"]

    assert len(vectors) == 9
    for vector in vectors:
        assert iso14443.crc_a(bytes.fromhex(vector["data"])) == bytes.fromhex(vector["crc_a"])


def test_seven_byte_card_on_the_air_frame_by_frame():
    # card 04112233445566: level 1 is 88 041122, check byte BF; level 2 is 33445566, check byte 44
    script = [
        ("52", 7, Received(Reply.DATA, bytes.fromhex("4400"))),
        ("9320", 0, Received(Reply.DATA, bytes.fromhex("88041122BF"))),
        ("937088041122BFB3F9", 0, Received(Reply.DATA, bytes.fromhex("04DA17"))),
        ("9520", 0, Received(Reply.DATA, bytes.fromhex("3344556644"))),
        ("95703344556644ECA3", 0, Received(Reply.DATA, bytes.fromhex("00FE51"))),
        ("500057CD", 0, Received(Reply.SILENCE)),
    ]
    sent = []

    def transceive(frame, bits):
        sent.append((frame.hex().upper(), bits))
        return script[len(sent) - 1][2]

    found = iso14443.poll_card(transceive)

    assert found == CardPoll(CardPollKind.ONE, "04112233445566", 0x00)
    assert sent == [(frame, bits) for frame, bits, _ in script]


@pytest.mark.parametrize(
    ("uid", "sak"),
    [
        ("DEADBEEF", 0x08),
        ("04112233445566", 0x00),
        ("0411229988AABB", 0x20),
        ("04112233445566778899", 0x20),
        ("08A1B2C3", 0x08),  # random: told as it is, judged elsewhere
    ],
)
def test_card_is_read_whole_at_every_poll(reader, chip, uid, sak):
    chip.cards = [Card(uid, sak)]

    polls = [reader.poll() for _ in range(6)]

    assert polls == [CardPoll(CardPollKind.ONE, uid, sak)] * 6


def test_cards_that_the_package_takes_for_one_are_two(reader, chip):
    chip.cards = [Card("04112233445566", 0x00)]
    first = reader.poll()
    chip.cards = [Card("0411229988AABB", 0x00)]
    second = reader.poll()

    assert first.uid != second.uid


def test_empty_poll_is_cheap(reader, chip):
    reader.poll()
    before = chip.transfers

    assert reader.poll() == NONE
    assert chip.transfers - before <= 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DEADBEEF", "CAFEBABE"),
        ("DEADBEEF", "04112233445566"),
        ("04112233445566", "0411229988AABB"),
    ],
)
def test_two_cards_are_told_as_such_and_one_of_them_alone_afterwards(reader, chip, one, other):
    chip.cards = [Card(one), Card(other)]
    together = [reader.poll() for _ in range(3)]
    del chip.cards[1]
    alone = reader.poll()

    assert together == [SEVERAL] * 3
    assert alone.uid == one


def test_card_left_awake_by_an_aborted_poll_is_found(reader, chip):
    card = Card("DEADBEEF")
    chip.cards = [card]
    card.state = "ACTIVE"

    assert reader.poll().uid == "DEADBEEF"


def test_wrong_check_byte_is_unreadable(reader, chip):
    chip.cards = [Card("DEADBEEF")]
    chip.cards[0].bad_check_byte = True

    assert reader.poll() == UNREADABLE


@pytest.mark.parametrize("lost", [2, 3])
def test_answers_lost_in_the_middle_are_made_good_by_the_next_poll(reader, chip, lost):
    chip.cards = [Card("04112233445566", 0x00)]
    chip.lose_answers = lost
    reader.poll()

    assert [reader.poll() for _ in range(3)][-1].uid == "04112233445566"


def test_flipped_bit_is_never_taken_for_a_uid(reader, chip):
    chip.cards = [Card("04112233445566", 0x00)]
    chip.flip_answers = 1

    assert reader.poll() == UNREADABLE
    assert reader.poll().uid == "04112233445566"


def test_identity_of_a_real_bus(reader):
    identity = reader.identify()

    assert (identity.model, identity.firmware) == ("MFRC522", "2.0 (92)")
    assert identity.port == "spi://0.0"
    assert identity.simulated is False


@pytest.mark.parametrize("simulated", [True])
def test_simulated_bus_says_so(reader):
    assert reader.identify().simulated is True


@pytest.mark.parametrize("version", [0x00, 0xFF])
def test_chip_that_does_not_answer_is_not_available(bus, chip, version):
    chip.version = version

    with pytest.raises(NotAvailable, match="wiring"):
        Mfrc522Reader("spi://0.0")


def test_bus_that_is_not_there_is_not_available(bus):
    with pytest.raises(NotAvailable, match="no SPI"):
        Mfrc522Reader("spi://1.0")


@pytest.mark.parametrize("url", ["spi://", "/dev/spidev0.0", "spi://a.b"])
def test_url_of_another_shape_is_explained(bus, url):
    with pytest.raises(NotAvailable, match=r"spi://BUS\.DEVICE"):
        Mfrc522Reader(url)


def test_machine_without_the_packages_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "spidev", None)

    with pytest.raises(NotAvailable, match="extra 'pi'"):
        Mfrc522Reader("spi://0.0")


def test_bus_lost_in_use_is_not_available(reader, chip):
    chip.broken_bus = True

    with pytest.raises(NotAvailable, match="bus fails"):
        reader.poll()


def test_chip_pulled_off_in_use_is_not_available(reader, chip):
    chip.version = 0xFF

    with pytest.raises(NotAvailable, match="wiring"):
        reader.poll()


def test_chip_reset_by_a_dip_of_its_supply_is_set_up_again(reader, chip):
    chip.cards = [Card("DEADBEEF")]
    chip.reset()

    first = reader.poll()
    second = reader.poll()

    assert first == NONE
    assert second.uid == "DEADBEEF"


def test_close_leaves_the_other_pins_of_the_process_alone(bus, pins):
    reader = Mfrc522Reader("spi://0.0")

    reader.close()
    reader.close()

    assert pins.cleanups == 0


def test_close_switches_the_field_off(bus, chip):
    reader = Mfrc522Reader("spi://0.0")
    on = chip.registers[0x14] & 3

    reader.close()

    assert (on, chip.registers[0x14] & 3) == (3, 0)


@pytest.mark.parametrize(("mode", "pin"), [(None, 22), (10, 22), (11, 25)])
def test_reset_pin_is_the_same_in_both_ways_of_counting_and_never_the_uart(bus, pins, mode, pin):
    pins.mode = mode

    Mfrc522Reader("spi://0.0").close()

    assert pins.outputs == {pin: 1}


def test_opening_again_and_again_adds_no_log_handlers(bus):
    before = list(logging.getLogger("mfrc522Logger").handlers)

    for _ in range(3):
        Mfrc522Reader("spi://0.0").close()

    assert logging.getLogger("mfrc522Logger").handlers == before
