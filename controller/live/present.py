"""A line of the log and a device as the live page shows them: text in one language, no markup."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from circulation.api import LiveEvent, SlotState
from circulation.loan import SecurityState
from circulation.messages import Direction, Verdict
from circulation.selfservice import Harm
from controller.columns import to_utc
from controller.live.feed import DeviceNow
from controller.live.gate_words import gate_notes, gate_parts
from controller.live.words import (
    DEVICES,
    DIRECTIONS,
    KINDS,
    LABELS,
    SIGNS,
    TONES,
    VERDICTS,
    Language,
    Tone,
)
from controller.tables import DeviceKind, EventKind

_WELL = ("ok", SlotState.OPEN)
_SECTION_FAMILIES = 10  # one colour family per first digit of ББК


@dataclass(frozen=True, slots=True)
class Cover:
    """A typographic cover: same book, same face, everywhere."""

    initial: str
    family: int  # 0 to 9, colours it


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happens."""

    seq: int
    time: str
    moment: str  # machine-readable
    tone: Tone
    sign: str
    what: str
    title: str
    author: str
    note: str
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """One device."""

    name: str
    kind: str
    online: bool
    status: str
    parts: tuple[tuple[str, str, bool], ...]  # what, how, and whether that is well


def worth_showing(event: LiveEvent) -> bool:
    """People without books only count, and a verified tag shows in the line of its loan."""
    match event.kind:
        case EventKind.GATE_PASSED:
            return bool(event.detail.get("tags"))
        case EventKind.SECURITY_SEEN | EventKind.PATRON_BLOCKED | EventKind.PATRON_UNBLOCKED:
            return False
        case _:
            return True


def line_of(event: LiveEvent, language: Language, zone: ZoneInfo) -> Line:
    """The event in words."""
    kind = EventKind(event.kind)
    tone = _tone(event, kind)
    happened = event.detail.get("happened_at")
    at = to_utc(happened) if isinstance(happened, str) else event.at
    title = event.title or _title_without_book(event, language)
    return Line(
        seq=event.seq,
        time=at.astimezone(zone).strftime("%H:%M"),
        moment=at.isoformat(),
        tone=tone,
        sign=SIGNS[tone],
        what=KINDS[language][kind],
        title=title,
        author=str(event.detail.get("author") or ""),
        note=_note(event, kind, language),
        cover=None if event.title is None else cover_of(event),
    )


def cover_of(event: LiveEvent) -> Cover:
    """From title and section alone."""
    section = str(event.detail.get("section") or "")
    digits = [int(char) for char in section if char.isascii() and char.isdigit()]
    letters = [char for char in event.title or "" if char.isalnum()]
    family = digits[0] % _SECTION_FAMILIES if digits else 0
    return Cover(initial=letters[0].upper() if letters else "•", family=family)


def card_of(device: DeviceNow, language: Language, zone: ZoneInfo, now: datetime) -> DeviceCard:
    """The device in words."""
    labels = LABELS[language]
    return DeviceCard(
        name=device.name,
        kind=DEVICES[language][device.kind],
        online=device.online,
        status=_status(device, language, zone),
        parts=tuple(
            (labels[part], labels[str(device.state[part])], device.state[part] in _WELL)
            for part in _parts(device.kind)
            if device.state.get(part) is not None
        )
        + _queue(device, language)
        + (gate_parts(device.state, language, now) if device.kind is DeviceKind.GATE else ()),
    )


def russian_date(moment: datetime, zone: ZoneInfo) -> str:
    """14.10.2026."""
    return moment.astimezone(zone).strftime("%d.%m.%Y")


def grouped(number: int) -> str:
    """32 178, with a space that does not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def _tone(event: LiveEvent, kind: EventKind) -> Tone:
    if _tag_waits(event, kind):
        return Tone.WAIT
    if event.detail.get("verdict") == Verdict.FRIENDLY:
        return Tone.WAIT
    if event.detail.get("verdict") == Verdict.ALARM:
        return Tone.STOP
    return TONES[kind]


def _tag_waits(event: LiveEvent, kind: EventKind) -> bool:
    """Amber until an antenna has seen the tag disarmed, then the same line turns green."""
    lent = kind is EventKind.CHECKED_OUT
    return lent and event.detail.get("security_now") == SecurityState.DISARM_DUE


def _title_without_book(event: LiveEvent, language: Language) -> str:
    """A gate saw a tag that the catalogue does not know."""
    return LABELS[language]["unknown_book"] if event.detail.get("tags") else ""


def _note(event: LiveEvent, kind: EventKind, language: Language) -> str:
    labels = LABELS[language]
    notes = [event.device]
    direction, verdict = event.detail.get("direction"), event.detail.get("verdict")
    if isinstance(direction, str):
        notes.append(DIRECTIONS[language][Direction(direction)])
    if isinstance(verdict, str) and kind is EventKind.GATE_PASSED:
        notes.append(VERDICTS[language][Verdict(verdict)])
    if isinstance(due := event.detail.get("due"), str):
        notes.append(f"{labels['due']} {_short_date(due)}")
    if _tag_waits(event, kind):
        notes.append(labels["tag_waits"])
    if isinstance(harm := event.detail.get("harm"), str):
        notes.append(labels[Harm(harm)])
    if event.detail.get("was_on_loan") is False:
        notes.append(labels["not_on_loan"])
    if kind is EventKind.DEVICE_CHANGED:
        notes += _device_words(event, language)
    notes += gate_notes(event, language)
    if isinstance(reason := event.detail.get("reason"), str):
        notes.append(reason)
    return " · ".join(note for note in notes if note)


def _device_words(event: LiveEvent, language: Language) -> list[str]:
    labels = LABELS[language]
    presence = event.detail.get("presence")
    words = [labels[presence]] if isinstance(presence, str) else []
    parts = ("reader", "pad", "card_reader", "slot")
    return words + [
        f"{labels[part]}: {labels[str(event.detail[part])]}"
        for part in parts
        if part in event.detail
    ]


def _short_date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _parts(kind: DeviceKind) -> tuple[str, ...]:
    match kind:
        case DeviceKind.GATE:
            return ("reader",)
        case DeviceKind.DROP:
            return ("pad", "slot")
        case _:
            return ("pad", "card_reader")


def _queue(device: DeviceNow, language: Language) -> tuple[tuple[str, str, bool], ...]:
    queue = device.state.get("queue")
    if not isinstance(queue, int) or not queue:
        return ()
    return ((LABELS[language]["queue"], str(queue), False),)


def _status(device: DeviceNow, language: Language, zone: ZoneInfo) -> str:
    labels = LABELS[language]
    if device.last_seen is None:
        return labels["never"]
    if device.online:
        simulated = f", {labels['simulated']}" if device.state.get("simulated") else ""
        return labels["online"] + simulated
    seen = device.last_seen.astimezone(zone).strftime("%d.%m. %H:%M")
    return f"{labels['offline']}, {labels['seen']} {seen}"
