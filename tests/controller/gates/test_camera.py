"""A picture per alarm, from the library's own network only, fresh, private and not for ever."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from circulation.messages import Clock, GateEvent, GateEventKind, Topic
from controller.gates.camera import Camera, NoPicture, fetch, is_worth_a_picture
from controller.gates.camera_settings import CameraSettings
from controller.gates.reports import EventReport

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0 a person"


class Lens(BaseHTTPRequestHandler):
    """Answers with `picture`, and with 302 elsewhere."""

    picture = JPEG
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "http://example.com/")
        self.end_headers()
        self.wfile.write(self.picture)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def lens() -> Iterator[type[Lens]]:
    class Own(Lens):
        asked: list[tuple[str, str | None]] = []  # noqa: RUF012

    server = HTTPServer(("127.0.0.1", 0), Own)
    Own.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Own
    server.shutdown()
    thread.join()
    server.server_close()


def alarm(**fields: object) -> GateEvent:
    facts = {
        "id": uuid4(),
        "seq": 1,
        "at": NOW,
        "clock": Clock.SURE,
        "kind": GateEventKind.ALARM,
        "count_in": 0,
        "count_out": 0,
    }
    return GateEvent.model_validate(facts | fields)


@pytest.fixture
def camera(lens: type[Lens], tmp_path: Path) -> Iterator[Camera]:
    url = SecretStr(f"http://guard:se%20cret@{lens.address}/{{gate}}/still?size=1")
    made = Camera(CameraSettings(url=url, folder=tmp_path / "pictures"), lambda: NOW)
    made.start()
    yield made
    made.stop()


def eventually(question: Callable[[], object]) -> bool:
    end = time.monotonic() + 60
    while not question() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(question())


def test_an_alarm_makes_one_private_picture_though_five_books_are_in_the_bag(
    camera: Camera, lens: type[Lens], tmp_path: Path
) -> None:
    passage = uuid4()
    alarms = [alarm(passage=passage) for _ in range(5)]

    for one in alarms:
        camera.stored(EventReport(Topic.parse("polka/v1/school/gate-1/up/event"), one))

    picture = tmp_path / "pictures" / f"{alarms[0].id}.jpg"
    assert eventually(lambda: picture.exists() and picture.read_bytes() == JPEG)
    assert picture.stat().st_mode & 0o777 == 0o600
    assert lens.asked == [("/gate-1/still?size=1", "Basic Z3VhcmQ6c2UgY3JldA==")]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": GateEventKind.PASSAGE},
        {"monitored": True},
        {"at": NOW - timedelta(seconds=6)},  # the gate was offline: somebody else stands there now
        {"at": NOW + timedelta(minutes=1)},
        {"clock": Clock.UNSURE},
    ],
)
def test_nobody_is_pictured_without_a_fresh_alarm(fields: dict[str, object]) -> None:
    assert is_worth_a_picture(alarm(), NOW)
    assert not is_worth_a_picture(alarm(**fields), NOW)


def test_pictures_are_deleted_after_the_agreed_days(lens: type[Lens], tmp_path: Path) -> None:
    old, new = tmp_path / "old.jpg", tmp_path / "new.jpg"
    for path, days in ((old, 15), (new, 13)):
        path.write_bytes(JPEG)
        moment = (NOW - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
    url = SecretStr(f"http://{lens.address}/")
    camera = Camera(CameraSettings(url=url, folder=tmp_path), lambda: NOW)

    camera.start()
    gone = eventually(lambda: not old.exists())
    camera.stop()

    assert gone
    assert new.exists()


@pytest.mark.parametrize(
    ("path", "picture", "why"),
    [
        ("/elsewhere", JPEG, "answered 302"),
        ("/", b"\xff\xd8\xff" + b"x" * 4_000_001, "larger than 4 MB"),
    ],
)
def test_what_is_no_still_picture_is_refused(
    lens: type[Lens], path: str, picture: bytes, why: str
) -> None:
    lens.picture = picture

    with pytest.raises(NoPicture, match=why):
        fetch(f"http://{lens.address}{path}")


def test_a_camera_beyond_the_librarys_network_is_not_asked() -> None:
    with pytest.raises(NoPicture, match="private network"):
        fetch("http://8.8.8.8/still.jpg")


def test_a_camera_that_is_away_is_no_more_than_a_word_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="does not answer"):
        fetch("http://127.0.0.1:9/still.jpg")


@pytest.mark.parametrize("url", ["https://10.0.0.9/", "file:///etc/passwd", "http:///still.jpg"])
def test_an_address_that_is_no_cameras_is_refused_in_the_settings(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValidationError, match="http://"):
        CameraSettings(url=SecretStr(url), folder=tmp_path)
