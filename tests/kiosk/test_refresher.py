"""Snapshots come in the background; what does not fit is healed by asking for the whole."""

from datetime import timedelta

import httpx2
import pytest

from circulation.messages import Clock
from circulation.offline import SNAPSHOT
from circulation.snapshot import Digests, Sections
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.journal import Journal
from kiosk.link import Link, LinkLimits
from kiosk.refresher import Refresher
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore
from kiosk.vault import Vault
from tests.kiosk.snapshot_maker import AT, KNOWN_AS, sections, signed


class Site:
    """A kiosk's store, and a controller that has `whole` and answers as it would."""

    def __init__(self, folder):
        self.whole = sections()
        self.at = AT
        self.asked = []
        self.away = False
        self.spoils_changes = False
        self.now = AT
        vault = Vault("s3cret")
        self.journal = Journal(folder / "kiosk.sqlite", vault)
        self.store = SnapshotStore(folder / "snapshot.sqlite", vault, KNOWN_AS)
        self.titles = TitleStore(folder / "titles.sqlite", KNOWN_AS)
        self.link = Link(LinkLimits(failures=9), lambda _: None)
        self.wall = WallClock(lambda: self.now, lambda: False)
        client = ControllerClient("http://c", "t", transport=httpx2.MockTransport(self._answer))
        self.refresher = Refresher(
            self.store,
            self.titles,
            self.journal,
            client,
            self.link,
            self.wall,
            every_s=60,
            loaded=lambda: None,
        )

    def _answer(self, request):
        if self.away:
            raise httpx2.ConnectError("away")
        assert request.url.path == SNAPSHOT
        known = Digests.model_validate_json(request.content)
        self.asked.append(known)
        spoiled = self.spoils_changes and known != Digests()
        answer = signed(self.whole, known, at=self.at, token="another" if spoiled else "s3cret")
        return httpx2.Response(200, content=answer.model_dump_json())


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.store.close()
    made.titles.close()
    made.journal.close()


def test_first_is_whole_and_the_next_only_what_changed(site):
    assert site.refresher.refresh()
    site.whole, site.at = sections(blocked=True), AT + timedelta(minutes=1)

    assert site.refresher.refresh()

    assert site.store.held.sections == site.whole
    assert site.asked[0] == Digests()
    assert site.asked[1].cards is not None


def test_change_that_does_not_fit_is_healed_by_the_whole(site):
    site.refresher.refresh()
    site.whole, site.spoils_changes = sections(blocked=True), True

    assert site.refresher.refresh()

    assert site.store.held.sections == site.whole
    assert site.asked[-1] == Digests()


def test_without_an_answer_the_old_one_stays_and_the_link_is_in_doubt(site):
    site.refresher.refresh()
    site.away = True

    assert not site.refresher.refresh()

    assert site.store.held.at == AT
    assert site.link.in_doubt


@pytest.mark.parametrize(
    ("minutes", "certainty"), [(1, Clock.SURE), (3, Clock.UNSURE), (-3, Clock.UNSURE)]
)
def test_clock_that_says_what_the_controllers_says_is_believed(site, minutes, certainty):
    site.now = AT + timedelta(minutes=minutes)

    site.refresher.refresh()

    assert site.wall.certainty() is certainty


def test_snapshot_remembers_what_the_journal_had_settled_when_it_was_asked_for(site):
    site.refresher.refresh()

    assert site.store.held.settled == site.journal.settled()
    assert site.store.held.sections != Sections()
