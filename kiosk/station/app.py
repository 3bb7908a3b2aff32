"""The station's window: the kiosk's, with a keyboard and a scanner that types.

Import only after `kiosk.__main__.prepare`: Kivy reads its environment at import.
"""

from collections.abc import Callable
from typing import Protocol

import structlog
from kivy.clock import Clock
from kivy.core.window import Window

from drivers.scanners.bursts import ENTER, KeyBursts
from drivers.scanners.codes import Scan
from kiosk.app import KioskApp
from kiosk.app import Shell as WindowShell
from kiosk.keys import Keypad
from kiosk.station.events import Edit
from kiosk.theme import Theme
from kiosk.view import View

log = structlog.get_logger("station")

_EDITS = {42: Edit.ERASE, 41: Edit.BACK, 81: Edit.NEXT, 43: Edit.NEXT, 82: Edit.PREVIOUS}
"""By scancode (USB HID usage tables): backspace, escape, down, tab, up."""
_ENTERS = (40, 88)


class Shell(WindowShell, Protocol):
    """What the window of a station needs besides."""

    def char(self, char: str) -> None:
        """A letter was typed."""

    def line(self, text: str) -> None:
        """Enter was pressed, or a scanner read this."""


class StationApp(KioskApp):
    """One window, one shell."""

    def __init__(
        self,
        shell: Shell,
        theme: Theme,
        *,
        voice: object,
        broken: View,
        later: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            shell,
            theme,
            keypad=Keypad({}),
            voice=voice,  # type: ignore[arg-type]  # a Voice or None, as the kiosk's
            broken=broken,
            closable=True,
            later=later,
        )
        self._station = shell
        self._bursts = KeyBursts()
        self._view_now: View | None = None

    def on_start(self) -> None:
        """As the kiosk, and letters are letters."""
        Window.bind(on_textinput=self._on_text)
        super().on_start()

    def on_stop(self) -> None:
        """As the kiosk."""
        Window.unbind(on_textinput=self._on_text)
        super().on_stop()

    def show(self, view: View) -> None:
        """Remember what Enter would press."""
        self._view_now = view
        super().show(view)

    def _on_first_frame(self, *_: object) -> None:
        super()._on_first_frame()
        log.info("station_on_the_glass")

    def _on_text(self, _window: object, text: str) -> None:
        if self.failed:
            return
        for char in text:
            self._bursts.key(char, self._now())
            self._station.char(char)
        self._drain()

    def _on_key_down(self, _window: object, _symbol: int, scancode: int, *_: object) -> bool:
        if self.failed:
            return True
        if scancode in _ENTERS:
            self._enter()
        elif scancode in _EDITS:
            self._station.key(_EDITS[scancode])
        self._drain()
        return True

    def _enter(self) -> None:
        """A scan is whole by itself; what was typed ends here; Enter alone presses the button."""
        ended = self._bursts.key(ENTER, self._now())
        if isinstance(ended, Scan):
            self._station.line(ended.text)
            return
        view = self._view_now
        if ended is None and view is not None and view.focus is not None:
            self._station.act(view.actions[view.focus].id)
            return
        self._station.line("")

    @staticmethod
    def _now() -> float:
        return float(Clock.get_time())
