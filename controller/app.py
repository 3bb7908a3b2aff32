"""Build the controller: ledger, writer, reads, gates, routes; start and stop them in order."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from circulation.ids import parse_device_id
from controller import openapi
from controller.clock import Clock, LibraryTime, system_clock
from controller.db import make_engine, upgrade
from controller.devices.registry import ensure_library
from controller.devices.routes import device_routes
from controller.edge import install_error_answers
from controller.gates.routes import gate_routes
from controller.gates.service import Gates
from controller.health import health_routes
from controller.items.routes import item_routes
from controller.live.routes import STATIC, Live, live_routes
from controller.live.stream import Wakeup
from controller.loans.routes import loan_routes
from controller.loans.service import Loans
from controller.patrons.routes import patron_routes
from controller.patrons.service import Patrons
from controller.reads import Reads
from controller.settings import Settings, load_policy
from controller.writer import Writer


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """The controller as an ASGI application; its lifespan migrates, starts and stops everything."""
    policy = load_policy(settings)
    time = LibraryTime(clock, settings.zone)
    engine = make_engine(settings.database_url)
    writer, reads, wakeup = Writer(engine), Reads(engine), Wakeup()
    writer.after_commit(wakeup.notify)
    gates = None
    if settings.mqtt is not None:
        library_id = parse_device_id(settings.library_name)
        gates = Gates(settings.mqtt, library_id, writer, reads, time)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        upgrade(engine)
        ensure_library(
            engine,
            isil=settings.library_isil,
            name=settings.library_name,
            display_name=settings.library_display_name,
        )
        wakeup.bind()
        writer.start()
        if gates is not None:
            gates.start()
        gc.collect()
        gc.freeze()  # full collections need not walk the imported modules: p99 is ten times better
        yield
        wakeup.close()
        if gates is not None:
            gates.stop()
        writer.stop()
        reads.stop()
        engine.dispose()

    app = FastAPI(
        title="Polka controller",
        version=version("polka"),
        lifespan=lifespan,
        docs_url=None,  # the stock page loads its scripts from abroad
        redoc_url=None,
    )
    app.state.wakeup = wakeup  # the server ends open streams before it waits for them
    install_error_answers(app)
    openapi.complete(app)
    library = settings.library_display_name or settings.library_name
    app.include_router(loan_routes(writer, Loans(policy, time)))
    app.include_router(item_routes(reads))
    app.include_router(patron_routes(reads, Patrons(policy, time)))
    app.include_router(device_routes(writer, time))
    app.include_router(gate_routes(reads, time))
    app.include_router(live_routes(Live(reads, time, wakeup, library)))
    app.include_router(health_routes(writer, gates))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
