"""`polka readers` on scripted readers behind TCP: what a technician and a program get to see."""

import json

import pytest
from typer.testing import CliRunner

from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from deploy.commands import readers
from deploy.commands.readers import app
from drivers.discovery import FoundPort
from tests.drivers import scripted_chafon
from tests.drivers.far_end import FarEnd, TcpWire, answer_frame
from tests.drivers.scripted_chafon import ScriptedChafon, UhfTag
from tests.drivers.scripted_pad import ScriptedPad
from tests.drivers.test_feig_gate import ScriptedGate

run = CliRunner()
UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"
OWNER = "RU-10010033"
NAMED = bytes.fromhex("45C2 141C C04F C70B ADB5 C6E2 DA1D ED4D D319")  # ISO/TS 28560-4, page 49


@pytest.fixture
def script():
    return ScriptedPad()


@pytest.fixture
def port(script):
    far = FarEnd(TcpWire(), script)
    yield far.url
    far.close()


@pytest.fixture
def uhf_script():
    return ScriptedChafon(tags=[UhfTag(NAMED, bytes(8))])


@pytest.fixture
def uhf_port(uhf_script):
    far = FarEnd(TcpWire(), uhf_script, scripted_chafon.length)
    yield far.url
    far.close()


def asked(*arguments):
    """What the command says to a program."""
    result = run.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def fill(tag, memory):
    tag.blocks = [memory[at : at + 4] for at in range(0, len(memory), 4)]


def write(port, *more):
    arguments = ["write", port, "--item", "A-17", "--owner", OWNER, "--model", "feig-mr102"]
    return run.invoke(app, [*arguments, *more, "--json"])


@pytest.fixture
def two_ports(monkeypatch):
    found = (
        FoundPort("/dev/serial/by-id/usb-FTDI", "/dev/ttyUSB1", "0403:6001", "FTDI adapter"),
        FoundPort("/dev/ttyUSB0", "/dev/ttyUSB0", "10C4:EA60", "Silicon Labs adapter"),
    )
    monkeypatch.setattr(readers, "find_ports", lambda: found)


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_ports_are_listed_by_default(two_ports, arguments):
    result = run.invoke(app, arguments)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == [
        "/dev/serial/by-id/usb-FTDI",
        "0403:6001",
        "FTDI",
        "adapter",
    ]


@pytest.mark.parametrize("arguments", [["--json"], ["list", "--json"]])
def test_ports_are_listed_for_a_program(two_ports, arguments):
    told = json.loads(run.invoke(app, arguments).stdout)

    assert [port["usb_id"] for port in told] == ["0403:6001", "10C4:EA60"]


def test_no_port_is_a_question_and_no_error(monkeypatch):
    monkeypatch.setattr(readers, "find_ports", tuple)

    assert "plugged in" in run.invoke(app, []).stdout


def test_identify_says_who_answers(port):
    assert asked("identify", port)["model"] == "FEIG MR102"
    assert "FEIG MR102, firmware 3.03" in run.invoke(app, ["identify", port]).stdout


def test_port_where_nobody_answers_ends_with_3():
    result = run.invoke(app, ["identify", "/dev/nobody"])

    assert result.exit_code == 3
    assert "plugged in" in result.stderr
    assert result.stdout == ""


def test_unknown_model_ends_with_2_and_the_known_ones(port):
    result = run.invoke(app, ["inventory", port, "--model", "acme"])

    assert result.exit_code == 2
    assert "feig-mr102" in result.stderr


def test_inventory_lists_tags_and_whether_they_are_all(port, script):
    script.add(UID, OTHER)

    told = asked("inventory", port)

    assert told["complete"] is True
    assert [tag["uid"] for tag in told["tags"]] == [UID, OTHER]
    assert "2 tags" in run.invoke(app, ["inventory", port]).stdout


def test_inventory_of_a_small_reader_at_its_limit_says_that_there_may_be_more(port, script):
    script.add(*(f"E0040100{n:08X}" for n in range(4)))

    result = run.invoke(app, ["inventory", port, "--model", "feig-cpr40"])

    assert "4 tags, and there may be more" in result.stdout


def test_dump_says_what_a_tag_is(port, script):
    script.add(UID)
    fill(script.tags[UID], encode(TagContent("A-17", OWNER), size=112))
    script.tags[UID].eas = True

    [told] = asked("dump", port)
    words = run.invoke(app, ["dump", port]).stdout.splitlines()

    assert (told["uid"], told["item_id"], told["owner"]) == (UID, "A-17", OWNER)
    assert (told["layout"], told["dsfid"], told["afi"], told["eas"]) == ("28560-3", 0x3E, 7, True)
    assert {"item     A-17", "afi      07", "eas      on", "locked   nothing"} <= set(words)


def test_dump_of_an_empty_pad_says_so(port):
    assert asked("dump", port) == []
    assert "no tag lies there" in run.invoke(app, ["dump", port]).stdout


def test_dump_names_locked_blocks(port, script):
    script.add(UID)
    script.tags[UID].blocks, script.tags[UID].locked = [bytes(4)] * 3, True

    assert asked("dump", port)[0]["locked_blocks"] == [0, 1, 2]


def test_dump_without_what_an_old_firmware_does_not_know(port, script):
    script.add(UID)
    refusal = answer_frame(bytes.fromhex("05FFB0") + bytes(2), 0x80)
    script.faults[("B02C", 1)] = lambda whole: [refusal]
    script.faults[("B1", 1)] = lambda whole: [answer_frame(bytes.fromhex("05FFB1") + b"\0\0", 0x80)]

    [told] = asked("dump", port)

    assert (told["locked_blocks"], told["eas"], told["uid"]) == (None, None, UID)


def test_dump_of_a_uhf_tag_reads_its_name(uhf_port):
    [told] = asked("dump", uhf_port, "--model", "chafon-ru5102")

    assert (told["layout"], told["item_id"], told["owner"]) == (
        "28560-4",
        "12345678",
        "CH-000134-1",
    )
    assert told["afi"] is None


def test_write_writes_the_tag_and_prints_what_it_holds(port, script):
    script.add(UID)
    script.tags[UID].afi, script.tags[UID].dsfid = 0, 0

    result = write(port)

    told = json.loads(result.stdout)
    assert (result.exit_code, told["item_id"], told["owner"]) == (0, "A-17", OWNER)
    assert told["problems"] == []
    assert b"".join(script.tags[UID].blocks) == encode(TagContent("A-17", OWNER), size=112)
    assert (script.tags[UID].dsfid, script.tags[UID].afi) == (0x3E, 0x07)


@pytest.mark.parametrize(
    ("uids", "advice"), [([], "lay one book down"), ([UID, OTHER], "one book")]
)
def test_write_wants_exactly_one_tag(port, script, uids, advice):
    script.add(*uids)

    result = write(port)

    assert result.exit_code == 2
    assert advice in result.stderr
    assert [tag.writes for tag in script.tags.values()] == [0] * len(uids)


@pytest.mark.parametrize(
    ("memory", "advice"),
    [
        (encode(TagContent("1", "DE-12"), size=112), "this tag is of DE-12"),
        (b"\xe1\x40\x0e\x01" + b"http://example.org".ljust(108, b"x"), "no library layout"),
    ],
)
def test_write_refuses_a_foreign_tag_unless_told_to(port, script, memory, advice):
    script.add(UID)
    script.tags[UID].dsfid = 0
    fill(script.tags[UID], memory)

    refused = write(port)
    untouched = b"".join(script.tags[UID].blocks)
    told = json.loads(write(port, "--overwrite").stdout)

    assert refused.exit_code == 2
    assert advice in refused.stderr
    assert (untouched, told["item_id"]) == (memory, "A-17")


def test_write_refuses_a_locked_tag(port, script):
    script.add(UID)
    script.tags[UID].locked = True

    result = write(port, "--overwrite")

    assert "locked for ever" in result.stderr
    assert script.tags[UID].writes == 0


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        (["--afi", "107"], "not one byte"),
        (["--owner", "718500"], "not an ISIL"),
        (["--item", "x" * 17], "longer than 16"),
        (["--title", "Т" * 200], "title"),
    ],
)
def test_write_of_what_cannot_be_is_refused_before_the_tag_is_touched(port, script, more, advice):
    script.add(UID)

    result = write(port, *more)

    assert result.exit_code == 2
    assert advice in result.stderr
    assert script.tags[UID].writes == 0


def test_uhf_tags_are_not_written(uhf_port, uhf_script):
    model = ["--model", "chafon-ru5102"]
    result = run.invoke(app, ["write", uhf_port, "--item", "1", "--owner", OWNER, *model])

    assert result.exit_code == 2
    assert "UHF tags are read only" in result.stderr
    assert uhf_script.tags[0].writes == 0


def test_health_is_told_after_watching(port):
    told = asked("health", port, "--seconds", "0.2")

    assert told["requests"] > 2
    assert told["retries_per_minute"] == 0
    assert told["rf_warning_share"] == 0
    assert told["last_good_answer_s_ago"] < 0.2


@pytest.fixture
def gate_port():
    far = FarEnd(TcpWire(), ScriptedGate())
    yield far.url
    far.close()


def test_health_is_told_of_a_gate_too(gate_port):
    told = asked("health", gate_port, "--seconds", "0.2")

    assert told["requests"] > 2
    assert told["last_good_answer_s_ago"] < 0.2


@pytest.mark.parametrize(
    "command", [["inventory"], ["dump"], ["write", "--item=1", "--owner=RU-1"]]
)
def test_gate_is_not_asked_what_lies_there(gate_port, command):
    result = run.invoke(app, [*command, gate_port])

    assert result.exit_code == 3
    assert "lay the tag on a pad" in result.stderr
    assert gate_port in result.stderr
