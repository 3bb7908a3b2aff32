"""Staff finds, sees and changes people and their cards; every look is written down."""

from uuid import uuid4

import httpx2
import pytest

from controller.patrons.numbers import uid_candidates
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, ANNAS_CARD, BORIS, BORISS_CARD, MTSYRI, Running
from tests.controller.staff.conftest import As, Browser

PATRONS = "/api/v1/patrons"
TEACHER = {
    "family_name": "Ким",
    "given_name": "Ольга",
    "patronymic": "",
    "class_name": "",
    "category": "teacher",
    "has_left": False,
}
NEW_CARD = "04FFEEDDCCBBAA"


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def found(librarian: Browser, text: str) -> list[str]:
    answer = librarian.post(f"{PATRONS}/find", json={"text": text}).json()
    return [patron["patron_id"] for patron in answer["patrons"]]


@pytest.mark.parametrize(
    ("text", "patrons"),
    [
        ("Петр", [ANNA]),
        ("петрова", [ANNA]),
        ("ОРЛОВ", [BORIS]),
        ("3а", [BORIS]),
        (ANNAS_CARD, [ANNA]),
        ("DE:AD:BE:EF", [BORIS]),
        ("efbeadde", [BORIS]),
        ("DEADBEEF22", [BORIS]),  # with its check byte
        ("3735928559", [BORIS]),  # DEADBEEF, first byte most significant
        ("4022250974", [BORIS]),  # EFBEADDE
        ("956397711138", [BORIS]),  # DEADBEEF and its check byte 22
        ("%", []),
        ("_етрова", []),
        ("nobody", []),
    ],
)
def test_person_is_found_by_name_class_or_any_reader_s_number(
    librarian: Browser, text: str, patrons: list[str]
) -> None:
    assert found(librarian, text) == patrons


@pytest.mark.parametrize("text", ["", "no", "0", "00000000", "1" * 26, "ABCDEF", "²³"])
def test_text_that_is_no_card_has_no_candidates(text: str) -> None:
    assert uid_candidates(text) == ()


def test_kiosk_never_takes_another_byte_order_for_the_card(kiosk: httpx2.Client) -> None:
    answer = kiosk.post("/api/v1/cards/resolve", json={"uid": "EFBEADDE"})

    assert answer.status_code == 404


def test_every_look_at_a_record_is_written_down(
    librarian: Browser, signed_in: As, running: Running
) -> None:
    record = librarian.get(f"{PATRONS}/{ANNA}").json()
    running.clock.move(minutes=1)
    head = signed_in(Role.HEAD)
    head.get(f"{PATRONS}/{ANNA}")

    seen = head.get(f"{PATRONS}/{ANNA}/seen").json()["seen"]

    assert record["fields"]["family_name"] == "Петрова"
    assert [(each["login"], each["part"]) for each in seen] == [
        ("head", "record"),
        ("librarian", "record"),
    ]
    assert librarian.get(f"{PATRONS}/{ANNA}/seen").status_code == 403


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.TEACHER])
def test_engineer_and_teacher_see_no_record(signed_in: As, running: Running, role: Role) -> None:
    browser = signed_in(role)

    answers = [browser.get(f"{PATRONS}/{ANNA}"), browser.post(f"{PATRONS}/find", json={})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert running.scalar("SELECT count(*) FROM patron_seen") == 0


def test_device_token_opens_no_record(kiosk: httpx2.Client) -> None:
    assert kiosk.get(f"{PATRONS}/{ANNA}").status_code == 401


def test_teacher_becomes_a_patron_once(librarian: Browser, running: Running) -> None:
    wish = {"op_id": str(uuid4()), "fields": TEACHER}

    answers = [librarian.post(PATRONS, json=wish) for _ in range(2)]
    other = librarian.post(PATRONS, json=wish | {"fields": TEACHER | {"given_name": "Анна"}})

    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["fields"] == TEACHER
    assert (other.status_code, other.json()) == (409, {"reason": "taken"})
    assert running.scalar("SELECT count(*) FROM patron") == 3


def test_record_is_changed(librarian: Browser) -> None:
    changed = librarian.put(f"{PATRONS}/{ANNA}", json=TEACHER)

    assert changed.json()["fields"] == TEACHER
    assert librarian.put(f"{PATRONS}/p-nobody", json=TEACHER).status_code == 404


@pytest.mark.parametrize("change", [{"family_name": ""}, {"given_name": "a\x00b"}, {"age": 7}])
def test_unusable_fields_are_malformed(librarian: Browser, change: dict[str, object]) -> None:
    assert librarian.put(f"{PATRONS}/{ANNA}", json=TEACHER | change).status_code == 422


def test_new_card_works_and_the_replaced_one_is_blocked_at_once(
    librarian: Browser, kiosk: httpx2.Client
) -> None:
    wish = {"uid": NEW_CARD, "replaces": ANNAS_CARD}

    issued = [librarian.post(f"{PATRONS}/{ANNA}/cards", json=wish) for _ in range(2)]

    blocked = {card["uid"]: card["blocked"] for card in issued[1].json()["cards"]}
    assert (blocked[NEW_CARD], blocked[ANNAS_CARD]) == (False, True)
    statuses = [
        kiosk.post("/api/v1/cards/resolve", json={"uid": uid}).status_code
        for uid in (NEW_CARD, ANNAS_CARD)
    ]
    assert statuses == [200, 409]


@pytest.mark.parametrize("uid", [BORISS_CARD, "08123456"], ids=["another's", "random"])
def test_card_that_cannot_be_this_person_s_is_refused(librarian: Browser, uid: str) -> None:
    answer = librarian.post(f"{PATRONS}/{ANNA}/cards", json={"uid": uid})

    assert (answer.status_code, answer.json()) == (409, {"reason": "taken"})


def test_replacing_an_unknown_card_issues_nothing(librarian: Browser, running: Running) -> None:
    wish = {"uid": NEW_CARD, "replaces": "04000000"}

    assert librarian.post(f"{PATRONS}/{ANNA}/cards", json=wish).status_code == 404
    assert running.scalar(f"SELECT count(*) FROM card WHERE uid = '{NEW_CARD}'") == 0


def test_barcode_belongs_to_one_person_and_to_no_book(librarian: Browser) -> None:
    def issue(patron: str, number: str) -> int:
        wish = {"number": number, "kind": "barcode"}
        return librarian.post(f"{PATRONS}/{patron}/numbers", json=wish).status_code

    assert issue(ANNA, "2000001") == 200
    assert issue(ANNA, "2000001") == 200
    assert issue(BORIS, "2000001") == 409
    assert issue(BORIS, MTSYRI) == 409
    assert found(librarian, "2000001") == [ANNA]


def test_card_is_blocked_and_given_free(librarian: Browser, kiosk: httpx2.Client) -> None:
    def resolves_after(blocked: bool) -> int:
        wish = {"card": ANNAS_CARD, "blocked": blocked}
        assert librarian.post(f"{PATRONS}/{ANNA}/cards/block", json=wish).status_code == 200
        return kiosk.post("/api/v1/cards/resolve", json={"uid": ANNAS_CARD}).status_code

    assert [resolves_after(True), resolves_after(False)] == [409, 200]


def test_card_of_another_is_not_blocked_here(librarian: Browser) -> None:
    wish = {"card": BORISS_CARD}

    assert librarian.post(f"{PATRONS}/{ANNA}/cards/block", json=wish).status_code == 404


def test_consent_is_noted_once_and_withdrawn(librarian: Browser) -> None:
    consent = {"kind": "personal_data", "given_by": "parent", "given_on": "2026-09-01"}
    path = f"{PATRONS}/{ANNA}/consents"
    for _ in range(2):
        noted = librarian.post(path, json=consent).json()["consents"]

    ended = librarian.post(path, json=consent | {"withdrawn_on": "2026-10-01"}).json()["consents"]

    assert noted == [consent | {"withdrawn_on": None}]
    assert ended == [consent | {"withdrawn_on": "2026-10-01"}]


def test_change_without_form_token_is_refused(librarian: Browser) -> None:
    del librarian.headers["X-Form-Token"]

    assert librarian.put(f"{PATRONS}/{ANNA}", json=TEACHER).json() == {"reason": "form_expired"}
