"""A librarian who may not, or whose session has ended, reads words; a program reads JSON."""

from http import HTTPStatus

import pytest

from controller.live.words import Language
from controller.staff.refusals import StaffReason
from controller.staff.refused_page import REFUSED_WORDS
from controller.staff.rights import Role
from tests.controller.conftest import Running
from tests.controller.staff.conftest import As, Open


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """One engine: words are the same on both."""
    return sqlite_ledger


def test_a_form_sent_after_the_session_ended_leads_to_the_door(
    running: Running, signed_in: As
) -> None:
    librarian = signed_in(Role.LIBRARIAN)
    running.clock.move(days=2)
    answer = librarian.post("/console/desk", data={"act": "lend"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Ничего не записано: войдите снова" in answer.text
    assert 'href="/console/sign-in?lang=ru"' in answer.text


def test_a_page_of_others_says_so_in_the_language_that_was_asked_for(signed_in: As) -> None:
    answer = signed_in(Role.TEACHER).get("/console/catalogue?lang=en")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Your account may not do this" in answer.text


def test_a_program_still_hears_json(new_browser: Open) -> None:
    answer = new_browser().get("/api/v1/staff/me")
    assert answer.json() == {"reason": "signed_out"}


@pytest.mark.parametrize("language", list(Language))
def test_every_refusal_has_words(language: Language) -> None:
    assert set(REFUSED_WORDS[language]) == set(StaffReason)
