"""Files that a librarian uploads: read in the background, shown, and written once confirmed.

An upload lives in the controller that took it and is gone with it; the import itself is not lost:
the same file uploaded again goes on behind its last batch.
"""

import secrets
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import Engine

from circulation.ids import Isil
from controller.catalogue.apply import ImportResult, NotUsable, apply
from controller.catalogue.clashes import patron_numbers
from controller.catalogue.preview import Preview, preview
from controller.catalogue.problems import Code

MOST_BYTES = 200_000_000  # a city's catalogue in one file is under 100 MB
_KEPT = 4  # uploads at a time: each may hold its file twice on the disk
_log = structlog.get_logger()


class Stage(StrEnum):
    """Where an upload stands."""

    READING = "reading"
    SHOWN = "shown"  # waits for a yes
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"  # the ledger or the disk gave out: upload it again, it goes on from there


@dataclass(slots=True)
class Upload:
    """One file and what became of it; changed by the worker's thread, read by pages."""

    key: str
    name: str  # as the librarian's computer calls it
    login: str  # nobody else sees it: a roster has names
    folder: Path
    stage: Stage = Stage.READING
    titles: int = 0  # so far
    preview: Preview | None = None
    result: ImportResult | None = None
    refused: Code | None = None  # nothing was written, and why


class TooLarge(ValueError):
    """The file has more than `MOST_BYTES`."""


class TooMany(ValueError):
    """Every place is taken by a file that is being read or written."""


class Uploads:
    """One worker reads and writes one file after another; `close` ends it."""

    def __init__(self, engine: Engine, owner: Isil, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._owner = owner
        self._now = now
        self._worker = ThreadPoolExecutor(1, "import")
        self._uploads: dict[str, Upload] = {}

    def take(self, file: IO[bytes], name: str, login: str) -> Upload:
        """Copy the file and begin to read it; `TooLarge`, `TooMany`. Blocks for the disk."""
        self._make_room()
        folder = Path(tempfile.mkdtemp(prefix="polka-import-"))
        try:
            _copy(file, folder / f"upload{Path(name).suffix.lower()[:8]}")
        except (OSError, TooLarge):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        upload = Upload(secrets.token_urlsafe(16), name[-120:], login, folder)
        self._uploads[upload.key] = upload
        self._worker.submit(self._guarded, upload, self._read)
        return upload

    def find(self, key: str, login: str) -> Upload | None:
        """The upload, for the account that made it."""
        upload = self._uploads.get(key)
        return upload if upload is not None and upload.login == login else None

    def confirm(self, upload: Upload) -> bool:
        """Begin to write what was shown; False when it is not shown or there is nothing in it."""
        seen = upload.preview
        if upload.stage is not Stage.SHOWN or seen is None or not seen.usable:
            return False
        upload.stage, upload.titles = Stage.WRITING, 0
        self._worker.submit(self._guarded, upload, self._write)
        return True

    def close(self) -> None:
        """Wait for the batch under way and drop what waits."""
        self._worker.shutdown(cancel_futures=True)
        for upload in self._uploads.values():
            shutil.rmtree(upload.folder, ignore_errors=True)

    def _make_room(self) -> None:
        idle = [u for u in self._uploads.values() if u.stage not in (Stage.READING, Stage.WRITING)]
        while len(self._uploads) >= _KEPT:
            if not idle:
                raise TooMany("every place is taken by a file that is being read or written")
            oldest = idle.pop(0)
            del self._uploads[oldest.key]
            shutil.rmtree(oldest.folder, ignore_errors=True)

    def _guarded(self, upload: Upload, work: Callable[[Upload], None]) -> None:
        try:
            work(upload)
        except NotUsable as refusal:
            upload.stage, upload.refused = Stage.FAILED, refusal.code
        except Exception as error:  # noqa: BLE001  # whatever a driver raises, the page must say so
            _log.error("import_failed", error=type(error).__name__)
            upload.stage = Stage.FAILED

    def _read(self, upload: Upload) -> None:
        [path] = upload.folder.iterdir()

        def note(titles: int) -> None:
            upload.titles = titles

        upload.preview = preview(path, taken=patron_numbers(self._engine), progress=note)
        upload.stage = Stage.SHOWN

    def _write(self, upload: Upload) -> None:
        def note(titles: int) -> None:
            upload.titles = titles

        if upload.preview is None:
            raise NotUsable(Code.FILE_EMPTY)
        upload.result = apply(
            upload.preview,
            self._engine,
            owner=self._owner,
            now=self._now(),
            resume=True,
            progress=note,
        )
        upload.stage = Stage.WRITTEN


def _copy(file: IO[bytes], path: Path) -> None:
    left = MOST_BYTES
    with path.open("wb") as target:
        while chunk := file.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"the file has more than {MOST_BYTES} bytes")
            target.write(chunk)
