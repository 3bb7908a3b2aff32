"""One picture per alarm from a camera on the library's own network; off unless it is set up.

A picture is a person. It is taken only while the alarm is fresh, kept as a file that only the
controller's user can read, and deleted after the days that were agreed on. Nothing is sent on.
"""

import base64
import http.client
import ipaddress
import os
import socket
import threading
import time as wait_time
from collections.abc import Callable
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from typing import Final
from urllib.parse import unquote, urlsplit

import structlog

from circulation.messages import Clock, GateEvent, GateEventKind
from controller.gates.camera_settings import CameraSettings
from controller.gates.reports import EventReport

FRESH: Final = timedelta(seconds=5)  # later the picture would be of somebody else
_TIMEOUT_S: Final = 3.0
_MAX_BYTES: Final = 4_000_000
_MOST_WAITING: Final = 16
_CLEAN_EVERY_S: Final = 3_600.0
_KINDS: Final = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}
_log = structlog.get_logger()


class NoPicture(Exception):
    """The camera gave none; the text says why."""


class Camera:
    """Call `stored` for each stored event; one thread fetches, and deletes what is old."""

    def __init__(self, settings: CameraSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._wanted: Queue[tuple[str, str]] = Queue(_MOST_WAITING)
        self._pictured: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to wait for alarms."""
        self._settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join()

    def stored(self, report: EventReport) -> None:
        """Ask for one picture of this passage if it is a fresh alarm; returns at once."""
        gate, event = str(report.topic.device), report.event
        passage = str(event.passage or event.id)
        if not is_worth_a_picture(event, self._now()) or passage == self._pictured:
            return
        self._pictured = passage
        try:
            self._wanted.put_nowait((gate, str(event.id)))
        except Full:
            _log.warning("camera_busy", gate=gate)

    def _work(self) -> None:
        clean_at = 0.0
        while not self._stopping.is_set():
            if wait_time.monotonic() >= clean_at:
                self._clean()
                clean_at = wait_time.monotonic() + _CLEAN_EVERY_S
            try:
                gate, name = self._wanted.get(timeout=0.5)
            except Empty:
                continue
            self._picture(gate, name)

    def _picture(self, gate: str, name: str) -> None:
        try:
            picture = fetch(self._settings.url.get_secret_value().replace("{gate}", gate))
            path = self._settings.folder / f"{name}{_suffix(picture)}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(picture)
        except (NoPicture, OSError) as error:
            _log.warning("no_picture", gate=gate, why=str(error))
        else:
            _log.info("picture_taken", gate=gate, gate_event=name)

    def _clean(self) -> None:
        """Delete what was kept long enough, by the files' own times."""
        oldest = self._now() - timedelta(days=self._settings.kept_days)
        for suffix in _KINDS.values():
            for path in self._settings.folder.glob(f"*{suffix}"):
                if path.stat().st_mtime < oldest.timestamp():
                    path.unlink(missing_ok=True)


def is_worth_a_picture(event: GateEvent, now: datetime) -> bool:
    """True for an alarm that sounded a moment ago by a clock that can be believed."""
    sounded = event.kind is GateEventKind.ALARM and not event.monitored
    return sounded and event.clock is Clock.SURE and abs(now - event.at) <= FRESH


def fetch(url: str) -> bytes:
    """The picture at this address, or `NoPicture`; redirects are not followed."""
    parts = urlsplit(url)
    host = _private_address(parts.hostname or "")
    line = http.client.HTTPConnection(host, parts.port or 80, timeout=_TIMEOUT_S)
    headers = {"Host": parts.netloc.rpartition("@")[2]}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    try:
        line.request("GET", f"{parts.path or '/'}?{parts.query}".rstrip("?"), headers=headers)
        answer = line.getresponse()
        if answer.status != http.client.OK:
            raise NoPicture(f"the camera answered {answer.status}")
        picture = answer.read(_MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoPicture(f"the camera does not answer: {error}") from error
    finally:
        line.close()
    if len(picture) > _MAX_BYTES:
        raise NoPicture("the picture is larger than 4 MB")
    return picture


def _private_address(host: str) -> str:
    """An IPv4 or IPv6 address of the library's own network."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NoPicture(f"the camera's name is not known: {error}") from error
    address = str(found[0][4][0])
    if not ipaddress.ip_address(address).is_private:
        raise NoPicture("the camera is not on a private network")
    return address


def _suffix(picture: bytes) -> str:
    for beginning, suffix in _KINDS.items():
        if picture.startswith(beginning):
            return suffix
    raise NoPicture("what the camera gave is neither JPEG nor PNG")
