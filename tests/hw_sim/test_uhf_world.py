"""UHF tags in the world: made, placed and looked at over HTTP, past every reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from hw_sim.api import create_api
from hw_sim.settings import SimSettings, UhfPadSettings
from hw_sim.uhf_tag import Bank, Gen2Error, Gen2ErrorCode, uhf_tag
from hw_sim.world import World

TID, OTHER = "E20034120102030405060708", "E20034120102030405060709"
EPC = "300833B2DDF0140000001234"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    pads = (UhfPadSettings(name="uhf1"), UhfPadSettings(name="uhf2"))
    settings = SimSettings(state_dir=tmp_path, pads=(), gates=(), uhf_pads=pads, card_readers=())
    world = World(settings)
    world.start()
    yield world
    world.stop()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(create_api(world)) as client:
        new = {"tid": TID, "epc": EPC, "control": 0x3421, "user_hex": "0411"}
        assert client.post("/uhf-tags", json=[new]).json() == {"made": 1}
        yield client


def test_a_tag_is_as_it_was_made(client: TestClient) -> None:
    assert client.get(f"/uhf-tags/{TID}").json() == {
        "tid": TID,
        "epc": EPC,
        "epc_bank_hex": f"00003421{EPC}",
        "user_hex": "0411" + "00" * 62,
        "eas": False,
        "writes": 0,
    }


def test_a_tag_lies_on_one_pad_at_a_time(client: TestClient, world: World) -> None:
    for pad in ("uhf1", "uhf2"):
        assert client.post(f"/uhf-pads/{pad}/place", json={"tids": [TID]}).status_code == 204

    lying = [[tag.name for tag, _ in pad.field.lying()] for pad in world.uhf_pads.values()]
    assert lying == [[], [TID]]
    assert client.post("/uhf-pads/uhf2/lift", json={}).status_code == 204
    assert not world.uhf_pads["uhf2"].field.tags()


def test_a_tag_leaves_in_the_moment_of_a_word(client: TestClient, world: World) -> None:
    client.post("/uhf-pads/uhf1/place", json={"tids": [TID]})
    client.post("/uhf-pads/uhf1/lift-during-write", json={"tid": TID, "occurrence": 2})
    field, tag = world.uhf_pads["uhf1"].field, world.uhf_tag(TID)

    reached = [field.reaches(tag) for _ in range(3)]

    assert reached == [True, False, False]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/uhf-tags", [{"tid": TID, "epc": EPC}], 409),  # there already
        ("/uhf-tags", [{"tid": OTHER, "epc": "123"}], 422),  # no whole word
        ("/uhf-tags", [{"tid": OTHER, "epc": "", "user_hex": "00" * 66}], 409),
        ("/uhf-pads/uhf9/place", {"tids": [TID]}, 404),
        ("/uhf-pads/uhf1/lift", {"tids": [TID]}, 409),  # does not lie there
    ],
)
def test_what_cannot_be_done_says_why(
    client: TestClient, path: str, body: object, status: int
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_crc_and_tid_cannot_be_written() -> None:
    tag = uhf_tag(bytes.fromhex(TID), bytes.fromhex(EPC))

    for bank, word in ((Bank.EPC, 0), (Bank.TID, 3)):
        with pytest.raises(Gen2Error) as refused:
            tag.write(bank, word, b"\x00\x00")
        assert refused.value.code is Gen2ErrorCode.LOCKED
    assert tag.writes == 0


@pytest.mark.parametrize(("tid", "epc"), [(TID[:-2], EPC), ("AA" + TID[2:], EPC), (TID, EPC * 6)])
def test_a_tag_that_cannot_be_is_refused(tid: str, epc: str) -> None:
    with pytest.raises(ValueError, match=r"TID|whole words"):
        uhf_tag(bytes.fromhex(tid), bytes.fromhex(epc))
