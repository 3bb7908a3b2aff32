"""A whole library as real processes; one is enough for a module that plays on it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from hw_sim.demo import SAMPLE
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.stage import Plan, Stage

SHARED = Path(__file__).parents[2].parent / "shared"
REAL_CATALOGUE = SHARED / "data" / "irbis-university-300.txt"

OpenLibrary = Callable[[Path], AbstractContextManager[Stage]]


@contextmanager
def _library(catalogue: Path, filled: Path | None = None) -> Iterator[Stage]:
    state = Path(tempfile.mkdtemp(prefix="polka-"))  # short, for the names of Unix sockets
    stage = Stage(Plan(state, OWNER, catalogue, SAMPLE / ROSTER_CSV, filled=filled))
    try:
        stage.start()
        yield stage
    except BaseException:
        for log in sorted(state.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}")  # noqa: T201
        raise
    finally:
        stage.stop()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the filled ledger of the sample library waits; xdist's workers share it."""
    of_this_run = tmp_path_factory.getbasetemp()
    shared = of_this_run.parent if "PYTEST_XDIST_WORKER" in os.environ else of_this_run
    return shared / "sample-library"


@pytest.fixture(scope="module")
def library(filled: Path) -> Iterator[Stage]:
    """The sample school library, up and running."""
    with _library(SAMPLE / IRBIS, filled) as stage:
        yield stage


@pytest.fixture
def open_library() -> OpenLibrary:
    """Opens a library on another catalogue."""
    return _library


@pytest.fixture
def real_catalogue() -> Path:
    """A university's real catalogue with 454 tagged copies."""
    if not REAL_CATALOGUE.exists():
        pytest.skip("../shared is not here: the real catalogue is not part of the project")
    return REAL_CATALOGUE
