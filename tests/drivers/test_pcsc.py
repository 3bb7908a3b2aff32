"""The PC/SC driver against a stand-in for pyscard, in a process of its own.

pyscard talks to pcscd in C, so there is no wire to fake below it: the stand-in is a module on
PYTHONPATH (`pcsc_stub`), and the driver runs unchanged.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACR122 = "ACS ACR122U 00 00"
ACR1281 = ["ACS ACR1281 1S Dual Reader [ICC] 00 00", "ACS ACR1281 1S Dual Reader [PICC] 01 00"]
PLAY = """
import json, sys
from drivers.errors import ReaderError
from drivers.registry import open_card_reader

model, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
told = []
try:
    reader = open_card_reader(model, url)
    told.append(reader.identify().model)
    for _ in range(count):
        poll = reader.poll()
        told.append(f"{poll.kind} {poll.uid}".strip())
    reader.close()
except ReaderError as error:
    told.append(f"{type(error).__name__}: {error.what}")
print(json.dumps(told))
"""


def play(readers, polls, *, model="acr122u", url="pcsc://", stub=True):
    """What the driver told of a story, in the order it told it."""
    paths = [str(ROOT / "tests/drivers/pcsc_stub")] if stub else []
    story = json.dumps({"readers": readers, "polls": polls})
    done = subprocess.run(
        [sys.executable, "-c", PLAY, model, url, str(len(polls))],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*paths, str(ROOT)]),
            "POLKA_PCSC_STORY": story,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_cards_of_every_uid_length_are_told_whole():
    polls = ["DEADBEEF9000", "041122334455669000", "040102030405060708099000"]

    told = play([ACR122], [None, *polls, None])

    assert told == [
        ACR122,
        "none",
        "one DEADBEEF",
        "one 04112233445566",
        "one 04010203040506070809",
        "none",
    ]


@pytest.mark.parametrize("answer", ["6300", "6A81", "9000", "DEADBE9000", "mute"])
def test_card_that_tells_no_uid_is_unreadable(answer):
    assert play([ACR122], [answer]) == [ACR122, "unreadable"]


def test_reader_pulled_out_is_not_available():
    told = play([ACR122], ["DEADBEEF9000", "gone"])

    assert told[1] == "one DEADBEEF"
    assert told[2].startswith("NotAvailable: the PC/SC service names no such reader")


def test_contactless_slot_is_chosen_of_a_reader_with_several():
    assert play(ACR1281, [], model="acr1281u") == [ACR1281[1]]


def test_one_of_two_readers_is_chosen_by_its_name():
    assert play([ACR122, "ACS ACR122U 01 00"], [], url="pcsc://01 00") == ["ACS ACR122U 01 00"]


@pytest.mark.parametrize(
    ("readers", "url", "advice"),
    [
        ([], "pcsc://", "it names none"),
        (ACR1281, "pcsc://", "it names ACS ACR1281"),
        (None, "pcsc://", "is pcscd running"),
        ([ACR122], "/dev/ttyUSB0", "is named pcsc://"),
    ],
)
def test_reader_that_cannot_be_opened_says_what_to_do(readers, url, advice):
    [told] = play(readers, [], url=url)

    assert told.startswith("NotAvailable: ")
    assert advice in told


@pytest.mark.skipif(find_spec("smartcard") is not None, reason="pyscard is installed here")
def test_missing_package_names_its_extra():
    [told] = play([ACR122], [], stub=False)

    assert "install the extra 'pcsc'" in told
