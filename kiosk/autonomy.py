"""What a kiosk needs to go on without the controller, put together: journal, snapshot, link.

It starts alone when an earlier life left something that the ledger has not heard of: until then the
ledger's view of those copies and patrons is old.
"""

from collections.abc import Callable

import structlog

from circulation.policy_part import PolicyPart
from circulation.snapshot import token_hash
from kiosk.alone import Alone, Trust
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.events import Event, LinkTurned, UnsentReturns
from kiosk.journal import Journal, Kind, Outcome
from kiosk.link import Link
from kiosk.refresher import Refresher
from kiosk.settings import Settings
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore
from kiosk.vault import Vault

log = structlog.get_logger(__name__)


class Autonomy:
    """From `start` to `stop`; the parts are safe from any thread."""

    def __init__(
        self, settings: Settings, client: ControllerClient, post: Callable[[Event], None]
    ) -> None:
        """Open what is on the disk; the folder is made when it is not there."""
        token = settings.read_token()
        vault = Vault(token, *settings.read_earlier_tokens())
        known_as = token_hash(token)
        settings.journal.parent.mkdir(parents=True, exist_ok=True)
        settings.snapshot_file.parent.mkdir(parents=True, exist_ok=True)
        self._post = post
        self._said: int | None = None  # hours that are left, as the session knows them
        self.wall = WallClock()
        self.journal = Journal(settings.journal, vault)
        self._store = SnapshotStore(settings.snapshot_file, vault, known_as)
        self._titles = TitleStore(settings.titles_file, known_as)
        self.alone = Alone(
            self.journal, self._store, self._titles, known_as, settings.trust, self.wall
        )
        self.link = Link(settings.link, self._turned, unheard=self.journal.waiting() > 0)
        self._refresher = Refresher(
            self._store,
            self._titles,
            self.journal,
            client,
            self.link,
            self.wall,
            every_s=settings.snapshot_every_s,
            loaded=self._loaded,
        )

    def start(self) -> None:
        """Say what is left of an earlier life, and begin to ask for snapshots."""
        for entry in self.journal.with_outcome(Outcome.UNKNOWN):
            log.info("wish_interrupted", op_id=str(entry.op_id), kind=entry.kind)
        returned = (e.copy for e in self.journal.pending_facts() if e.kind is Kind.RETURN)
        self._post(UnsentReturns(tuple(returned)))
        self._refresher.start()

    def stop(self) -> None:
        """Close everything. What the ledger has not heard waits on disk."""
        self._refresher.stop()
        self._store.close()
        self._titles.close()
        self.journal.close()

    @property
    def policy(self) -> PolicyPart | None:
        """The library's policy as the last snapshot tells it."""
        held = self._store.held
        return None if held is None else held.sections.policy

    def set_trust(self, trust: Trust) -> None:
        """Staff trusts the kiosk more, or less; who stands before it hears of it at once."""
        self.alone.set_trust(trust)
        if self.link.alone:
            self._turned(True)

    def look_at_trust(self) -> None:
        """Say how much longer it may go on alone, when that has changed; call it now and then."""
        if self.link.alone and self._hours_left() != self._said:
            self._turned(True)

    def _hours_left(self) -> int | None:
        trusted = self.alone.trusted
        return trusted.hours_left if trusted is not None and trusted.near else None

    def _loaded(self) -> None:
        if self.link.alone:
            self._turned(True)

    def _turned(self, alone: bool) -> None:
        able = self.alone.is_able
        self._said = self._hours_left() if alone else None
        log.info("link", alone=alone, able=able, hours_left=self._said)
        self._post(LinkTurned(alone, able, self._said))
