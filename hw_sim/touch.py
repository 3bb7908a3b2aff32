"""Real SDL mouse and key events, pushed into the queue that Kivy's window polls (SDL 2 structs)."""

import ctypes
from pathlib import Path

import kivy

_libs = Path(kivy.__file__).parent.parent / "Kivy.libs"
_sdl = ctypes.CDLL(str(next(_libs.glob("libSDL2-2-*"))))  # the copy that Kivy loaded already

_DOWN, _UP, _MOVE, _TEXT = 0x401, 0x402, 0x400, 0x303
ENTER = 40  # by scancode (USB HID usage tables)


class _Button(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("which", ctypes.c_uint32),
        ("button", ctypes.c_uint8),
        ("state", ctypes.c_uint8),
        ("clicks", ctypes.c_uint8),
        ("pad", ctypes.c_uint8),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
        ("rest", ctypes.c_uint8 * 64),
    )


class _Motion(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("which", ctypes.c_uint32),
        ("state", ctypes.c_uint32),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
        ("rest", ctypes.c_uint8 * 64),
    )


class _Key(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("state", ctypes.c_uint8),
        ("repeat", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 2),
        ("scancode", ctypes.c_int32),
        ("symbol", ctypes.c_int32),
        ("modifiers", ctypes.c_uint16),
        ("unused", ctypes.c_uint32),
        ("rest", ctypes.c_uint8 * 64),
    )


class _Text(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("text", ctypes.c_char * 32),
        ("rest", ctypes.c_uint8 * 64),
    )


def text(typed: str) -> None:
    """Letters, one event each, as a keyboard in any layout gives them."""
    for char in typed:
        _push(_Text(type=_TEXT, text=char.encode()))


def key(scancode: int, *, down: bool) -> None:
    """A key goes down or up; the symbol is what SDL calls a key without a letter."""
    symbol = scancode | 1 << 30
    _push(_Key(type=0x300 if down else 0x301, state=down, scancode=scancode, symbol=symbol))


def press(x: float, y: float) -> None:
    """A finger comes down; window pixels, origin top left."""
    _push(_Button(type=_DOWN, button=1, state=1, clicks=1, x=int(x), y=int(y)))


def move(x: float, y: float) -> None:
    """The finger slides."""
    _push(_Motion(type=_MOVE, state=1, x=int(x), y=int(y)))


def release(x: float, y: float) -> None:
    """The finger goes up."""
    _push(_Button(type=_UP, button=1, clicks=1, x=int(x), y=int(y)))


def _push(event: ctypes.Structure) -> None:
    if _sdl.SDL_PushEvent(ctypes.byref(event)) != 1:
        raise OSError("SDL took no event: is there a window?")
