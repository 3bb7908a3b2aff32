"""Puts the theme into the kv language and loads the shared widgets' looks, once per process."""

from pathlib import Path

from kivy.graphics.opengl import GL_RENDERER, glGetString
from kivy.lang import Builder
from kivy.lang.parser import global_idmap

from kiosk.theme import Theme

_IN_SOFTWARE = (b"llvmpipe", b"softpipe", b"swrast")  # Mesa's names of its own drawing
_THEME_KV = Path(__file__).parent.parent / "theme.kv"


def use(theme: Theme) -> None:
    """Make `theme` the one that widgets built from now on are drawn with."""
    global_idmap["theme"] = theme
    global_idmap["drawn"] = _drawn
    if str(_THEME_KV) not in Builder.files:  # a second load would apply each rule twice
        Builder.load_file(str(_THEME_KV))


def theme() -> Theme:
    """The theme in use, for widgets that measure or draw in Python."""
    found: Theme = global_idmap["theme"]
    return found


def draws_in_software() -> bool:
    """There is no graphics processor: each frame takes 10 to 20 ms of the readers' time."""
    renderer = (glGetString(GL_RENDERER) or b"").lower()
    return any(name in renderer for name in _IN_SOFTWARE)


def load_beside(module_file: str) -> None:
    """Load the kv file that lies beside a screen's module."""
    path = str(Path(module_file).with_suffix(".kv"))
    if path not in Builder.files:
        Builder.load_file(path)


def _drawn(seen: bool, width: float, height: float) -> tuple[float, float]:
    """The size of a shape that is drawn only where it can be told from what lies below it."""
    return (max(0.0, width), max(0.0, height)) if seen else (0.0, 0.0)
