"""A real ledger on either engine, a real server in a thread, a clock that tests can set."""

import shutil
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import fastapi.routing
import httpx2
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from circulation.policy import ItemKind
from controller.app import create_app
from controller.columns import utc_text
from controller.db import make_engine, open_transaction, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.server import make_server
from controller.settings import MqttSettings, Settings
from controller.sql import Dialect
from controller.tables import Card, DeviceKind, Item, Patron, Title
from tests.controller.postgres_server import PostgresServer

LEDGERS = {Dialect.SQLITE: "sqlite_ledger", Dialect.POSTGRESQL: "postgres_ledger"}  # fixtures
ISIL = "RU-10010033"
LIBRARY = "school-33"
ANNA, BORIS = "p-anna", "p-boris"
ANNAS_CARD, BORISS_CARD, LOST_CARD = "04A1B2C3D4E5F6", "DEADBEEF", "0411223344AABB"
MTSYRI, GOGOL, DICTIONARY = "B-0001", "B-0002", "R-0001"
MTSYRI_TAG = "E004015012345601"
PLAIN_HTTP = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading certificates takes 20 ms a client


class SettableClock:
    """Noon in Moscow, until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def as_in_sqlite(value: object) -> Any:
    """Moments and days as text, whichever engine they come from."""
    match value:
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Running:
    """A controller that answers, and the ledger behind it."""

    url: str
    engine: Engine
    app: Any
    clock: SettableClock
    kiosk_token: str

    def scalar(self, sql: str, **parameters: object) -> Any:
        with self.engine.connect() as connection:
            return as_in_sqlite(connection.scalar(text(sql), parameters))

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            found = connection.execute(text(sql), parameters)
            return [tuple(as_in_sqlite(value) for value in row) for row in found]

    def block(self, patron: str) -> None:
        self.change(
            "INSERT INTO patron_block (patron_id, note, staff, since)"
            " VALUES (:patron, 'не вернул учебники', 'Иванова', '2026-10-01T00:00:00+00:00')",
            patron=patron,
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Another process is in the middle of a write."""
        transaction = open_transaction(self.engine)
        transaction.begin_write()
        yield
        transaction.rollback()
        transaction.close()

    def break_commits(self, table: str) -> None:
        """A new row of `table` now breaks a promise that is checked at COMMIT and not before."""
        self.change(
            "CREATE TABLE promise"
            " (isil TEXT REFERENCES library (isil) DEFERRABLE INITIALLY DEFERRED)"
        )
        act = "BEGIN INSERT INTO promise VALUES ('XX-NOWHERE'); "
        body = act + "END"
        if self.engine.dialect.name == Dialect.POSTGRESQL:
            self.change(
                "CREATE FUNCTION break_promise() RETURNS trigger LANGUAGE plpgsql"
                f" AS $$ {act} RETURN NULL; END $$"
            )
            body = "FOR EACH ROW EXECUTE FUNCTION break_promise()"
        self.change(f"CREATE TRIGGER break_promise AFTER INSERT ON {table} {body}")

    def mend_commits(self, table: str) -> None:
        """New rows of `table` are kept again."""
        on_table = f" ON {table}" if self.engine.dialect.name == Dialect.POSTGRESQL else ""
        self.change(f"DROP TRIGGER break_promise{on_table}")

    def change(self, sql: str, **parameters: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(sql), parameters)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger with every table, to be copied."""
    file = tmp_path_factory.mktemp("template") / "polka.db"
    migrate(sqlite_url(file))
    return file


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server of this process's own, and an empty ledger on it to be copied."""

    server: PostgresServer
    template: str


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="polka-pg-"))  # short: a socket's path has 107 bytes
    server = PostgresServer(folder)
    server.start()
    template = server.create()
    migrate(server.url(template))
    yield Postgres(server, template)
    server.stop()
    shutil.rmtree(folder)


def migrate(url: str) -> None:
    """Make every table, and leave nobody connected."""
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def sqlite_ledger(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty ledger in a file, for tests of what only a file has."""
    file = tmp_path / "polka.db"
    shutil.copyfile(sqlite_template, file)
    return sqlite_url(file)


@pytest.fixture
def postgres_ledger(postgres: Postgres) -> Iterator[str]:
    """An empty ledger on the server, for tests of what only a server has."""
    name = postgres.server.create(postgres.template)
    yield postgres.server.url(name)
    postgres.server.drop(name)


@pytest.fixture(params=list(Dialect), ids=str)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty ledger with every table, on each engine in turn.

    What is about one engine overrides this with the ledger of that engine.
    """
    return str(request.getfixturevalue(LEDGERS[request.param]))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def tokens(engine: Engine) -> dict[str, str]:
    """A small school library; the tokens of its two kiosks and its desk."""
    ensure_library(engine, isil=ISIL, name=LIBRARY, display_name="Библиотека школы № 33")
    with Session(engine) as session:
        session.add(
            Title(
                id=1,
                title="Мцыри",
                author="Лермонтов М. Ю.",
                section="84(2)",
                source="t",
                source_key="1",
            )
        )
        session.add(
            Title(
                id=2,
                title="Вий",
                author="Гоголь Н. В.",
                section="84(2)",
                age_mark=12,
                source="t",
                source_key="2",
            )
        )
        session.add(
            Title(
                id=3,
                title="Толковый словарь",
                kind=ItemKind.REFERENCE,
                section="81",
                source="t",
                source_key="3",
            )
        )
        session.add(Patron(id=ANNA, family_name="Петрова", given_name="Анна", class_name="7Б"))
        session.add(Patron(id=BORIS, family_name="Орлов", given_name="Борис", class_name="3А"))
        session.flush()
        session.add(Item(owner=ISIL, item_id=MTSYRI, title_id=1, tag_uid=MTSYRI_TAG))
        session.add(Item(owner=ISIL, item_id=GOGOL, title_id=2))
        session.add(Item(owner=ISIL, item_id=DICTIONARY, title_id=3, reading_room_only=True))
        session.add_all([Item(owner=ISIL, item_id=f"C-{n}", title_id=1) for n in range(8)])
        session.add(Card(uid=ANNAS_CARD, patron_id=ANNA))
        session.add(Card(uid=BORISS_CARD, patron_id=BORIS))
        session.add(Card(uid=LOST_CARD, patron_id=ANNA, blocked=True))
        session.commit()
    devices = {
        "kiosk-1": DeviceKind.KIOSK,
        "kiosk-2": DeviceKind.KIOSK,
        "desk-1": DeviceKind.STATION,
    }
    return {
        name: add_device(engine, isil=ISIL, name=name, kind=kind) or ""
        for name, kind in devices.items()
    }


@pytest.fixture(scope="session", autouse=True)
def answers_are_described_once() -> Iterator[None]:
    """FastAPI makes 460 validators of the same few answers for each of a thousand apps: 80 ms."""
    make = fastapi.routing.create_model_field

    @cache
    def field(name: str, model: Any, mode: Any) -> Any:
        return make(name=name, type_=model, mode=mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            fastapi.routing,
            "create_model_field",
            lambda name, type_, mode: field(name, type_, mode),
        )
        yield


@pytest.fixture
def mqtt_settings() -> MqttSettings | None:
    """No gates; a test module with gates overrides this."""
    return None


@pytest.fixture
def running(
    engine: Engine,
    tokens: dict[str, str],
    clock: SettableClock,
    mqtt_settings: MqttSettings | None,
) -> Iterator[Running]:
    settings = Settings(
        library_isil=ISIL,
        library_name=LIBRARY,
        library_display_name="Библиотека школы № 33",
        database_url=engine.url.render_as_string(hide_password=False),
        mqtt=mqtt_settings,
    )
    app = create_app(settings, clock)
    server = make_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until and thread.is_alive():
        time.sleep(0.01)
    assert server.started
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Running(f"http://127.0.0.1:{port}", engine, app, clock, tokens["kiosk-1"])
    server.should_exit = True
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def kiosk(running: Running) -> Iterator[httpx2.Client]:
    """The first kiosk's HTTP client."""
    headers = {"Authorization": f"Bearer {running.kiosk_token}"}
    with httpx2.Client(
        base_url=running.url, headers=headers, timeout=60, verify=PLAIN_HTTP
    ) as client:
        yield client


def sign_in_at_the_desk(running: Running, role: str = "librarian") -> None:
    """«olga» works at desk-1, whatever her role; without the slow password."""
    at = running.clock().isoformat()
    running.change(
        "INSERT INTO staff (login, role, class_name, password_hash, active, created_at)"
        " VALUES ('olga', :role, '', 'never', true, :at)"
        " ON CONFLICT (login) DO UPDATE SET role = excluded.role",
        role=role,
        at=at,
    )
    running.change(
        "INSERT INTO device_operator (device_id, staff_id, since, used_at)"
        " SELECT d.id, s.id, :at, :at FROM device d, staff s"
        " WHERE d.name = 'desk-1' AND s.login = 'olga'"
        " ON CONFLICT (device_id) DO UPDATE SET since = excluded.since, used_at = excluded.used_at",
        at=at,
    )


@pytest.fixture
def station(running: Running, tokens: dict[str, str]) -> Iterator[httpx2.Client]:
    """The librarian's device, at which «olga» works."""
    sign_in_at_the_desk(running)
    headers = {"Authorization": f"Bearer {tokens['desk-1']}"}
    with httpx2.Client(
        base_url=running.url, headers=headers, timeout=60, verify=PLAIN_HTTP
    ) as client:
        yield client


Body = Callable[..., dict[str, Any]]


@pytest.fixture
def body(clock: SettableClock) -> Body:
    """The body of a write: a fresh operation at the clock's time, with these fields over it."""

    def make(**fields: object) -> dict[str, Any]:
        common = {
            "op_id": str(uuid4()),
            "at": clock().isoformat(),
            "owner": ISIL,
            "item_id": MTSYRI,
        }
        return common | fields

    return make
