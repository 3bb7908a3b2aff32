"""The whole kiosk without a window: threads, disk and HTTP around the session."""

import json
import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from circulation.api import (
    CHECKOUTS,
    RETURNS,
    SIGHTINGS,
    CheckoutRequest,
    ReturnRequest,
)
from circulation.loan import ItemState
from drivers.registry import open_reader
from kiosk.client import ControllerClient
from kiosk.journal import Journal, Outcome
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell
from kiosk.vault import Vault
from kiosk.view import ScreenName, Tone
from tests.kiosk.shell_room import (
    CARD,
    OWNER,
    UID,
    CardSlot,
    Room,
    tone_is,
)


@pytest.fixture
def room(tmp_path, reader):
    """A kiosk that has started and shows its start screen."""
    opened = Room(tmp_path, reader).open()
    opened.until(lambda view: view.screen is ScreenName.START)
    yield opened
    opened.close()


def test_book_is_lent_and_its_tag_disarmed(room):
    room.lay_book(afi=0x07)
    room.slot.card = CARD

    view = room.until(tone_is(Tone.DONE))

    assert view.rows[0].title == "Два капитана"
    assert room.reader.afis[UID] == 0xC2
    room.until(lambda _: room.paths() == [CHECKOUTS, SIGHTINGS])


def test_book_is_returned_and_its_tag_armed_first(room):
    room.ledger.state = ItemState.ON_LOAN
    room.shell.act("return")
    room.lay_book(afi=0xC2)

    room.until(tone_is(Tone.DONE))

    assert room.reader.afis[UID] == 0x07
    assert room.paths() == [RETURNS]


def test_return_without_a_controller_is_kept_and_delivered_after_a_restart(room):
    room.ledger.state = ItemState.ON_LOAN
    room.ledger.away = True
    room.shell.act("return")
    room.lay_book(afi=0xC2)
    said = room.until(tone_is(Tone.DONE))
    room.close()
    room.reader.tags.clear()

    room.ledger.away = False
    room.open()
    room.until(lambda _: room.paths() == [RETURNS])

    assert said.rows[0].note.startswith("Принято. Библиотека узнает")
    assert room.ledger.state is ItemState.IN_STOCK


def test_unknown_token_loses_no_return(room):
    room.ledger.state = ItemState.ON_LOAN
    room.ledger.unknown_device = True
    room.shell.act("return")
    room.lay_book(afi=0xC2)
    room.until(tone_is(Tone.DONE))

    room.ledger.unknown_device = False

    room.until(lambda _: room.paths() == [RETURNS])


def test_kept_return_is_not_disarmed_by_the_ledgers_old_view(room, tmp_path):
    room.close()
    journal = Journal(room.settings.journal, Vault("s3cret"))
    returned = ReturnRequest(
        op_id=UUID(int=1), at=datetime.now(UTC), owner=OWNER, item_id="A1", uid=UID
    )
    journal.keep(returned)
    journal.close()
    room.ledger.state = ItemState.ON_LOAN
    room.lay_book(afi=0x07)

    room.open()
    room.until(lambda _: room.paths() == [RETURNS])

    assert ("write_afi", UID) not in room.reader.log


def test_interrupted_checkout_is_not_sent_by_a_kiosk_nobody_stands_at(room):
    room.close()
    journal = Journal(room.settings.journal, Vault("s3cret"))
    journal.keep(
        CheckoutRequest(
            op_id=UUID(int=3), at=datetime.now(UTC), patron_id="p-1", owner=OWNER, item_id="A1"
        )
    )
    journal.close()

    room.open()
    room.until(lambda view: view.screen is ScreenName.START)
    room.close()

    journal = Journal(room.settings.journal, Vault("s3cret"))
    assert [entry.op_id for entry in journal.with_outcome(Outcome.UNKNOWN)] == [UUID(int=3)]
    assert room.paths() == []
    journal.close()


def test_interrupted_loan_is_finished_at_the_next_sighting(room):
    room.ledger.state = ItemState.ON_LOAN
    room.lay_book(afi=0x07)

    view = room.until(lambda view: bool(view.rows) and "Защита снята" in view.rows[0].note)

    assert view.rows[0].note == "Книга выдана. Защита снята"
    assert room.reader.afis[UID] == 0xC2


def test_disk_that_cannot_be_written_lends_nothing(room):
    room.shell._journal.close()
    room.lay_book(afi=0x07)
    room.slot.card = CARD

    room.until(tone_is(Tone.WAIT))

    assert room.paths() == []
    assert room.reader.afis[UID] == 0x07


def test_simulated_pad_is_refused_unless_allowed(tmp_path, reader):
    reader.simulated = True
    room = Room(tmp_path, reader).open()

    view = room.until(lambda view: view.notice is not None)

    assert view.screen is ScreenName.PROBLEM
    assert "учебная" in view.notice.text
    room.close()


def test_keys_and_language_reach_the_session(room):
    room.shell.act("language")
    room.shell.key("next")

    view = room.until(lambda view: view.language == "en")

    assert room.shell.language == "en"
    assert view.focus == 0


def test_key_without_a_meaning_is_an_error(room):
    with pytest.raises(ValueError, match="volume"):
        room.shell.key("volume")


def test_reader_that_is_not_plugged_in_is_a_problem_screen(tmp_path):
    settings = Settings(
        device="kiosk-1",
        owner=OWNER,
        controller_url="http://127.0.0.1:9",
        token="s3cret",
        journal=tmp_path / "kiosk.sqlite",
        reader_port=str(tmp_path / "no-such-port"),
    )
    ports = Ports(
        lambda: open_reader(settings.reader_model, settings.reader_port),
        CardSlot,
        ControllerClient(settings.controller_url, settings.read_token()),
        lambda _: None,
    )
    shell = Shell(settings, ports)
    shell.start()

    end = time.monotonic() + 60
    while (view := shell.drain()).notice is None and time.monotonic() < end:
        time.sleep(0.02)
    shell.stop()

    assert view.screen is ScreenName.PROBLEM
    assert view.notice.text.startswith("Полка не отвечает")


def test_settings_from_afar_are_in_force_before_anybody_comes(tmp_path, reader):
    room = Room(tmp_path, reader)
    settings = {"format": "kiosk-1", "languages": ["en"], "idle_s": 60, "volume_percent": 5}
    room.ledger.settings = json.dumps({"version": 3, "settings": settings})
    room.open()

    view = room.until(lambda view: view.screen is ScreenName.START and view.language == "en", 30)

    assert view.language == "en"
    kept = json.loads((tmp_path / "state" / "settings.json").read_text())
    assert (kept["version"], kept["settings"]["idle_s"]) == (3, 60)
    room.close()
