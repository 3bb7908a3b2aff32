"""The other end of `hw_sim.finger`: touch a program's glass and look at it from another process."""

import json
import socket
from pathlib import Path
from typing import Any

_PATIENCE_S = 15.0


class KioskError(Exception):
    """The kiosk could not do it; the message is the finger's sentence."""


class KioskClient:
    """One order at a time over the finger's Unix socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_up(self) -> bool:
        """True once there is something on the glass."""
        try:
            self.view()
        except (KioskError, OSError, ValueError):
            return False
        return True

    def tap(self, action: str) -> None:
        """Touch the button of that action."""
        self._order(do="tap", action=action)

    def scan(self, code: str) -> None:
        """What a scanner that is a keyboard types, and Enter; a station takes it."""
        self._order(do="scan", code=code)

    def view(self) -> dict[str, Any]:
        """What is on the glass, as plain data (`kiosk.view.View`)."""
        view: dict[str, Any] = self._order(do="view")["view"]
        return view

    def shown(self) -> list[tuple[float, dict[str, Any]]]:
        """Views since this was asked last, each with its frame's moment (`time.monotonic`)."""
        shown: list[tuple[float, dict[str, Any]]] = self._order(do="shown")["shown"]
        return shown

    def picture(self, path: Path) -> None:
        """Keep a picture of the glass."""
        self._order(do="picture", path=str(path.absolute()))

    def _order(self, **order: str) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE_S)
            line.connect(str(self._path))
            line.sendall((json.dumps(order) + "\n").encode())
            with line.makefile("r", encoding="utf-8") as answers:
                answer: dict[str, Any] = json.loads(answers.readline())
        if "error" in answer:
            raise KioskError(answer["error"])
        return answer
