"""Build the controller: ledger, writer, reads, gates, routes; start and stop them in order."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from circulation.ids import parse_device_id, parse_isil
from controller import openapi
from controller.backup import at_work
from controller.catalogue.pages import import_pages
from controller.catalogue.uploads import Uploads
from controller.claims import Claims
from controller.clock import Clock, LibraryTime, system_clock
from controller.db import make_engine, upgrade
from controller.devices.desk import DeviceDesk
from controller.devices.pages import device_pages
from controller.devices.registry import ensure_library
from controller.devices.routes import device_routes
from controller.devices.settings_pages import device_settings_pages
from controller.devices.staff_routes import device_staff_routes
from controller.edge import install_error_answers
from controller.encoding.card_routes import card_routes
from controller.encoding.pages import encoding_pages
from controller.encoding.routes import encoding_routes
from controller.encoding.sru import Catalogue
from controller.gates.routes import gate_routes
from controller.gates.service import Gates
from controller.health import health_routes
from controller.holds.expiry import expire_late, expiring
from controller.holds.pages import hold_pages
from controller.holds.routes import hold_routes
from controller.holds.service import Holds
from controller.items.pages import part_pages
from controller.items.routes import item_routes
from controller.kiosks.pages import kiosk_pages
from controller.kiosks.routes import kiosk_routes
from controller.kiosks.service import Kiosks
from controller.live.routes import STATIC, Live, live_routes
from controller.live.stream import Wakeup
from controller.loans.desk import Desk
from controller.loans.desk_acts import DeskActs
from controller.loans.desk_pages import desk_pages
from controller.loans.routes import loan_routes
from controller.loans.service import Loans
from controller.metrics import Metrics, metrics_routes
from controller.offline.facts import Facts
from controller.offline.pages import conflict_pages
from controller.offline.routes import offline_routes
from controller.offline.settle import Settling
from controller.patrons.card_pages import card_pages
from controller.patrons.routes import patron_routes
from controller.patrons.service import Patrons
from controller.patrons.staff_routes import patron_staff_routes
from controller.patrons.upkeep import Upkeep
from controller.patrons.year_routes import year_routes
from controller.printing.pages import print_pages
from controller.reads import Reads
from controller.search.pages import catalogue_pages
from controller.search.routes import search_routes
from controller.security.pages import security_pages
from controller.security.routes import security_routes
from controller.settings import Settings, load_author_marks, load_policy
from controller.staff.door import Door
from controller.staff.operator_routes import operator_routes
from controller.staff.pages import HERE as CONSOLE
from controller.staff.pages import make_pages
from controller.staff.refused_page import install_refused_page
from controller.staff.routes import staff_routes
from controller.staff.signing_in import SigningIn
from controller.staff.staff_card_pages import staff_card_pages
from controller.staff.unavailable import install_unavailable_page
from controller.textbooks.device_routes import textbook_routes
from controller.textbooks.forms import textbook_forms
from controller.textbooks.pages import TextbookPages, textbook_pages
from controller.textbooks.paper_routes import paper_routes
from controller.textbooks.staff_routes import textbook_staff_routes
from controller.writer import Writer

_COLLECT_AFTER = (20_000, 20, 50)  # a class set makes thousands of values that live for its answer


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """The controller as an ASGI application; its lifespan migrates, starts and stops everything."""
    policy, marks = load_policy(settings), load_author_marks(settings)
    time = LibraryTime(clock, settings.zone)
    engine = make_engine(settings.database_url)
    writer, reads, wakeup = Writer(engine), Reads(engine), Wakeup()
    writer.after_commit(wakeup.notify)
    gates = None
    if settings.mqtt is not None:
        library_id = parse_device_id(settings.library_name)
        gates = Gates(
            settings.mqtt,
            library_id,
            writer,
            reads,
            Claims(engine, time),
            time,
            settings.security_afi,
            settings.camera,
        )

    library_isil = parse_isil(settings.library_isil)
    expire = expire_late(writer, Holds(policy, time), library_isil)
    upkeep = Upkeep(engine, writer, reads, time, {expiring(library_isil): expire})
    uploads = Uploads(engine, library_isil, clock)
    parts = _Parts(settings, engine, writer, reads, wakeup, gates, upkeep, uploads)
    app = FastAPI(
        title="Polka controller",
        version=version("polka"),
        lifespan=lambda _app: _at_work(parts),
        docs_url=None,  # the stock page loads its scripts from abroad
        redoc_url=None,
    )
    app.state.wakeup = wakeup  # the server ends open streams before it waits for them
    install_error_answers(app)
    openapi.complete(app)
    library = settings.library_display_name or settings.library_name
    loans = Loans(policy, time)
    catalogue = Catalogue(settings.sru) if settings.sru is not None else None
    routers = (
        loan_routes(writer, loans),
        offline_routes(writer, reads, loans),
        hold_routes(writer, reads, Holds(policy, time)),
        item_routes(reads),
        encoding_routes(writer, reads, time, catalogue),
        security_routes(reads, time),
        search_routes(reads),
        kiosk_routes(writer, reads, Kiosks(time)),
        patron_routes(reads, Patrons(policy, time)),
        textbook_routes(writer, reads, Patrons(policy, time)),
        gate_routes(reads, time),
        live_routes(Live(reads, time, wakeup, library)),
        health_routes(writer, reads, gates, settings),
        metrics_routes(Metrics(writer, reads, gates, time)),
    )
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    on_access = _nobody_to_tell if gates is None else gates.access_changed
    desk = DeviceDesk(Door(writer, reads, time), settings.library_isil, on_access)
    _add_console(app, desk, engine, loans, library)
    app.include_router(import_pages(desk.door, uploads, make_pages(library)))
    app.include_router(print_pages(desk.door, desk.library, make_pages(library), marks))
    return app


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is started and stopped, in this order and in reverse."""

    settings: Settings
    engine: Engine
    writer: Writer
    reads: Reads
    wakeup: Wakeup
    gates: Gates | None
    upkeep: Upkeep
    uploads: Uploads


@asynccontextmanager
async def _at_work(parts: _Parts) -> AsyncIterator[None]:
    settings = parts.settings
    with at_work(settings.database_url):
        upgrade(parts.engine)
        ensure_library(
            parts.engine,
            isil=settings.library_isil,
            name=settings.library_name,
            display_name=settings.library_display_name,
        )
        parts.wakeup.bind()
        parts.writer.start()
        if parts.gates is not None:
            parts.gates.start()
        parts.upkeep.start()
        gc.collect()
        gc.freeze()  # full collections need not walk the imported modules: p99 is ten times better
        gc.set_threshold(*_COLLECT_AFTER)
        yield
        parts.wakeup.close()
        parts.uploads.close()
        parts.upkeep.stop()
        if parts.gates is not None:
            parts.gates.stop()
        parts.writer.stop()
        parts.reads.stop()
        parts.engine.dispose()


def _nobody_to_tell() -> None:
    """There is no broker, so nobody else need know that access changed."""


def _add_console(
    app: FastAPI, desk: DeviceDesk, engine: Engine, loans: Loans, library: str
) -> None:
    """All that is for people who sign in, and for the devices they let in."""
    app.state.door = desk.door
    app.include_router(device_routes(desk))
    pages = make_pages(library)
    install_unavailable_page(app, pages)
    install_refused_page(app, pages)
    sign_in = SigningIn(desk.door)
    app.include_router(staff_routes(desk.door, sign_in, pages))
    app.include_router(operator_routes(desk.door, sign_in))
    app.include_router(card_routes(desk.door, desk.library))
    app.include_router(staff_card_pages(desk.door, desk.library, pages))
    app.include_router(device_staff_routes(desk))
    app.include_router(device_pages(desk, pages))
    app.include_router(device_settings_pages(desk, pages))
    app.include_router(patron_staff_routes(desk.door, desk.library, engine))
    app.include_router(year_routes(desk.door, desk.library, pages))
    app.include_router(textbook_staff_routes(desk.door, desk.library))
    drawing = TextbookPages(desk.door, desk.library, pages)
    app.include_router(textbook_forms(drawing))
    app.include_router(textbook_pages(drawing))
    app.include_router(paper_routes(desk.door, desk.library, library))
    app.include_router(card_pages(desk.door, desk.library, pages))
    holds = Holds(loans.policy, loans.time)
    app.include_router(hold_pages(desk.door, desk.library, holds, pages))
    at_desk = Desk(loans)
    app.include_router(catalogue_pages(desk.door, desk.library, at_desk, pages))
    patrons, acts = Patrons(loans.policy, loans.time), DeskActs(at_desk, desk.library)
    app.include_router(desk_pages(desk.door, desk.library, patrons, acts, pages))
    app.include_router(security_pages(desk.door, desk.library, pages))
    app.include_router(part_pages(desk.door, desk.library, pages))
    app.include_router(encoding_pages(desk.door, desk.library, pages))
    settling = Settling(Facts(loans))
    app.include_router(kiosk_pages(desk.door, Kiosks(desk.door.time), pages))
    app.include_router(conflict_pages(desk.door, desk.library, settling, pages))
    app.mount("/console/static", StaticFiles(directory=CONSOLE / "static"), name="console")
