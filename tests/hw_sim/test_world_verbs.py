"""What people do, over the API: piles, wallets, close followers."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from hw_sim.api import create_api
from hw_sim.field import READ_COUPLING
from hw_sim.server import Simulation


@pytest.fixture
def ask(world: Simulation) -> Iterator[TestClient]:
    with TestClient(create_api(world.world)) as client:
        yield client


def uids(count: int) -> list[str]:
    return [f"E00401000000{number:04X}" for number in range(count)]


def test_booklets_put_down_as_a_pile_hide_each_other_and_side_by_side_they_do_not(
    ask: TestClient,
) -> None:
    booklet = {"spot": "middle", "thickness_mm": 2.0, "clear": 1.0}
    ask.post("/tags", json=[{"uid": uid, "matter": booklet} for uid in uids(6)])

    def couplings(*, piled: bool) -> list[float]:
        body = {"uids": uids(6), "piled": piled}
        assert ask.post("/pads/pad1/place", json=body).status_code == 204
        return [tag["coupling"] for tag in ask.get("/world").json()["pads"]["pad1"]["tags"]]

    assert min(couplings(piled=True)) < READ_COUPLING
    assert couplings(piled=False) == [1.0] * 6


def test_the_cards_of_a_wallet_come_and_go_together(ask: TestClient, world: Simulation) -> None:
    cards = ["04A1B2C3", "04112233445566"]

    answer = ask.post("/card-readers/cards1/wallet", json={"uids": cards})

    assert answer.status_code == 204
    chip = world.world.card_readers["cards1"].chip
    assert [card.uid.hex().upper() for card in chip.cards()] == cards
    ask.post("/card-readers/cards1/remove")
    assert chip.cards() == []


def test_a_close_follower_starts_behind_the_first(ask: TestClient) -> None:
    first = ask.post("/gates/gate1/walk", json={"direction": "out", "speed_m_s": 2.0}).json()
    second = ask.post(
        "/gates/gate1/walk", json={"direction": "out", "speed_m_s": 2.0, "behind_m": 0.8}
    ).json()

    walks = {walk["walk_id"]: walk for walk in ask.get("/gates/gate1").json()["walks"]}

    gap_s = walks[second["walk_id"]]["started_at"] - walks[first["walk_id"]]["started_at"]
    assert gap_s >= 0.4


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/pads/pad1/place", {"uids": [], "tilt_deg": 120}),
        ("/gates/gate1/walk", {"direction": "out", "facing": "backwards"}),
        ("/card-readers/cards1/wallet", {"uids": []}),
    ],
)
def test_what_nobody_can_do_is_malformed(
    ask: TestClient, path: str, body: dict[str, object]
) -> None:
    assert ask.post(path, json=body).status_code == 422
