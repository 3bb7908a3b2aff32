"""Where the benchmarks keep their files: on the disk that the project is on, not in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    place = Path.cwd() / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="polka-bench-", dir=place) as folder:
        yield Path(folder)
