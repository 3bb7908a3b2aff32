"""A finger and an eye for a kiosk or an encoding station that runs as a process of its own.

``python -m hw_sim.finger --socket PATH -- ARGUMENTS`` runs the real kiosk with ARGUMENTS (with
``--program station``: the station) and listens on a Unix socket for lines of JSON. A touch goes
into the very queue of SDL that Kivy polls, so everything from SDL up to the session is the
product's own. Nothing in the product imports this.

    {"do": "tap", "action": "return"}      press and release the button of that action
    {"do": "scan", "code": "B-0001"}       what a scanner that is a keyboard types, and Enter
    {"do": "view"}                         the View that is on the glass, as plain data
    {"do": "shown"}                        the Views since the last such order, each with the
                                           moment of its frame on the steady clock
    {"do": "picture", "path": "a.png"}     what the glass shows, when it has come to rest
"""

import argparse
import contextlib
import json
import queue
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

_FRAME_S = 1 / 30  # a press must be seen by one frame before its release
_PATIENCE_S = 5.0
_QUIET_FRAMES = 3
_KEPT_FRAMES = 200
_PROGRAMS = {"kiosk": "kiosk.__main__", "station": "kiosk.station.__main__"}
_T = TypeVar("_T")


class NotOnTheGlass(LookupError):
    """There is no such button now; the message lists those that are there."""


class Hand:
    """What the control thread can do to the running app; all widget work is done on its thread."""

    def __init__(self) -> None:
        self._frames: list[tuple[float, Any]] | None = None

    def tap(self, action: str) -> None:
        """Press and release, as a finger does."""
        from hw_sim import touch

        x, y = self._on_screen_thread(lambda: _middle_of(action))
        touch.press(x, y)
        time.sleep(2 * _FRAME_S)
        touch.release(x, y)
        time.sleep(2 * _FRAME_S)

    def scan(self, code: str) -> None:
        """Type it as fast as a scanner does."""
        from hw_sim import touch

        touch.text(code)
        touch.key(touch.ENTER, down=True)
        touch.key(touch.ENTER, down=False)
        time.sleep(2 * _FRAME_S)

    def view(self) -> dict[str, Any]:
        """The View as it is drawn."""
        return self._on_screen_thread(lambda: asdict(_sheet().view))

    def shown(self) -> list[tuple[float, dict[str, Any]]]:
        """What frames showed since this was asked last; the first time nothing, from then on all.

        So a time can be measured without looking, which costs time itself.
        """
        return self._on_screen_thread(self._take_shown)

    def _take_shown(self) -> list[tuple[float, dict[str, Any]]]:
        from kivy.core.window import Window

        if self._frames is None:
            self._frames = []
            Window.bind(on_flip=self._note_frame)
        taken, self._frames = self._frames, []
        return [(at, asdict(view)) for at, view in taken]

    def _note_frame(self, *_: object) -> None:
        view = _sheet().view
        if self._frames is not None and (not self._frames or self._frames[-1][1] is not view):
            self._frames.append((time.monotonic(), view))
            del self._frames[:-_KEPT_FRAMES]

    def picture(self, path: Path) -> None:
        """Wait until nothing moves and keep what is to be seen."""
        end = time.monotonic() + _PATIENCE_S
        quiet = 0
        while quiet < _QUIET_FRAMES and time.monotonic() < end:
            quiet = 0 if self._on_screen_thread(_needs_redraw) else quiet + 1
            time.sleep(_FRAME_S)
        width, height, rows = self._on_screen_thread(_pixels)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(width, height, rows))

    def _on_screen_thread(self, work: Callable[[], _T]) -> _T:
        if (
            "kiosk.app" not in sys.modules
        ):  # importing Kivy before the kiosk has prepared it spoils it
            raise NotOnTheGlass("the kiosk has no window yet")
        from kivy.clock import Clock

        answer: queue.SimpleQueue[tuple[_T | None, Exception | None]] = queue.SimpleQueue()

        def run(_dt: float) -> None:
            try:
                answer.put((work(), None))
            except Exception as error:  # noqa: BLE001  # handed to the asking thread
                answer.put((None, error))

        Clock.schedule_once(run)
        result, error = answer.get(timeout=_PATIENCE_S)
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # there is no error, so it is the result


def png(width: int, height: int, rows: bytes) -> bytes:
    """An RGB picture, rows from the top, as PNG (W3C PNG, 5 and 9: signature, IHDR, IDAT, IEND)."""
    lines = b"".join(
        b"\x00" + rows[start : start + 3 * width] for start in range(0, len(rows), 3 * width)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _sheet() -> Any:
    from kivy.app import App

    app = App.get_running_app()
    if app is None:
        raise NotOnTheGlass("the kiosk has no window yet")
    return app.sheet


def _middle_of(action: str) -> tuple[float, float]:
    """The middle of the action's button in window pixels, origin top left as SDL counts."""
    from kivy.core.window import Window

    buttons = {
        widget.action.id: widget
        for widget in _sheet().walk()
        if getattr(widget, "action", None) is not None and hasattr(widget, "pressed")
    }
    if action not in buttons:
        raise NotOnTheGlass(f"no button {action!r}; there are: {', '.join(sorted(buttons))}")
    x, y = buttons[action].to_window(*buttons[action].center)
    return x, Window.height - 1 - y


def _needs_redraw() -> bool:
    from kivy.core.window import Window

    return bool(Window.canvas.needs_redraw)


def _pixels() -> tuple[int, int, bytes]:
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    Window.dispatch("on_draw")
    width, height = Window.system_size
    raw = bytes(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE))
    stride = 3 * width
    return (
        width,
        height,
        b"".join(raw[start : start + stride] for start in range(len(raw) - stride, -1, -stride)),
    )


def serve(path: Path, hand: Hand) -> None:
    """Answer one client after the other for as long as the process lives."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        while True:
            client, _ = listener.accept()
            with client, client.makefile("rw", encoding="utf-8") as lines:
                for line in lines:
                    lines.write(json.dumps(_answer(hand, json.loads(line))) + "\n")
                    lines.flush()


def _answer(hand: Hand, order: dict[str, Any]) -> dict[str, Any]:
    try:
        match order["do"]:
            case "tap":
                hand.tap(order["action"])
                return {}
            case "scan":
                hand.scan(order["code"])
                return {}
            case "view":
                return {"view": hand.view()}
            case "shown":
                return {"shown": hand.shown()}
            case "picture":
                hand.picture(Path(order["path"]))
                return {}
            case other:
                return {"error": f"unknown order {other!r}: tap, scan, view, shown or picture"}
    except (LookupError, queue.Empty, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> int:
    """Run the program with a finger beside it; its exit code."""
    parser = argparse.ArgumentParser(prog="hw_sim.finger")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--program", choices=("kiosk", "station"), default="kiosk")
    parser.add_argument("arguments", nargs="*", help="the program's own arguments, after --")
    options = parser.parse_args()
    threading.Thread(
        target=serve, args=(options.socket, Hand()), name="finger", daemon=True
    ).start()
    program = import_module(_PROGRAMS[options.program])
    with contextlib.suppress(KeyboardInterrupt):
        return int(program.main(options.arguments))
    return 130


if __name__ == "__main__":
    sys.exit(main())
