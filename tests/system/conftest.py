"""A whole library as real processes; one is enough for a module that plays on it."""

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
def _library(catalogue: Path) -> Iterator[Stage]:
    state = Path(tempfile.mkdtemp(prefix="polka-"))  # short, for the names of Unix sockets
    stage = Stage(Plan(state, OWNER, catalogue, SAMPLE / ROSTER_CSV))
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


@pytest.fixture(scope="module")
def library() -> Iterator[Stage]:
    """The sample school library, up and running."""
    with _library(SAMPLE / IRBIS) as stage:
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
