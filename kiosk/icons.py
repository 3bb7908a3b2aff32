"""The icon set, Material Design Icons 7 (Apache-2.0), by our own words.

A `View` names an icon by what it means; only this table knows how the set calls it.
"""

from fonticon_mdi7 import MDI7

FONT: str = MDI7.__font_file__
"""Path of the icon font."""

_PREFIX = "mdi7."  # the package writes each glyph as "mdi7.<character>"

_GLYPHS: dict[str, str] = {
    # tones
    "busy": MDI7.dots_horizontal_circle,
    "done": MDI7.check_circle,
    "wait": MDI7.alert,
    "stop": MDI7.alert_octagon,
    "info": MDI7.information,
    # acts
    "access": MDI7.human_handsup,
    "account": MDI7.account_circle,
    "back": MDI7.arrow_left,
    "borrow": MDI7.book_arrow_right,
    "cancel": MDI7.close_circle,
    "card": MDI7.card_account_details,
    "contrast": MDI7.contrast_circle,
    "continue": MDI7.play_circle,
    "extra_time": MDI7.timer_sand,
    "finish": MDI7.check_bold,
    "help": MDI7.help_circle,
    "language": MDI7.web,
    "low_reach": MDI7.arrow_collapse_down,
    "pictograms": MDI7.teddy_bear,
    "receipt": MDI7.receipt_text,
    "renew": MDI7.autorenew,
    "retry": MDI7.refresh,
    "return": MDI7.book_arrow_left,
    "letters": MDI7.alphabetical,
    "cyrillic": MDI7.alphabet_cyrillic,
    "latin": MDI7.alphabet_latin,
    "digits": MDI7.numeric,
    "search": MDI7.magnify,
    "space": MDI7.keyboard_space,
    "speech": MDI7.account_voice,
    "staff": MDI7.face_agent,
    "tag": MDI7.tag_outline,
    "undo": MDI7.undo,
    "text_size": MDI7.format_letter_case,
    "off": MDI7.checkbox_blank_outline,
    "on": MDI7.checkbox_marked,
    # pictures
    "cart": MDI7.cart_arrow_down,
    "hold_shelf": MDI7.bookmark_check,
    "damage": MDI7.book_alert,
    "good": MDI7.book_check,
    "worn": MDI7.book_clock,
    "damaged": MDI7.book_remove,
    "class_list": MDI7.format_list_numbered,
    "class_turn": MDI7.swap_horizontal,
    "torn": MDI7.image_broken_variant,
    "wet": MDI7.water,
    "pages_missing": MDI7.book_minus,
    "erase": MDI7.backspace,
    "link": MDI7.lan_connect,
    "outbox": MDI7.tray_arrow_up,
    "snapshot": MDI7.database_clock,
    "closed": MDI7.door_closed,
    "clock": MDI7.clock_outline,
    "sound": MDI7.volume_high,
    "book": MDI7.book_open_page_variant,
    "contactless": MDI7.contactless_payment,
    "down": MDI7.chevron_down,
    "shelf": MDI7.bookshelf,
    "up": MDI7.chevron_up,
}

NAMES: frozenset[str] = frozenset(_GLYPHS)
"""Every word a `View` may use."""


def glyph(name: str) -> str:
    """The character of an icon in `FONT`; empty for the empty name."""
    if not name:
        return ""
    if name not in _GLYPHS:
        raise KeyError(f"no icon {name!r}: add it to kiosk/icons.py or use one of {sorted(NAMES)}")
    return _GLYPHS[name].removeprefix(_PREFIX)
