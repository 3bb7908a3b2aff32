"""The form of a device's settings: fields as typed, settings or what is wrong with which field.

Pure: no words, no rows. What a device may be set to says `circulation.configuration`, here only
how a person types it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from circulation.configuration import DAYS_OF_WEEK, AnySettings, GateSettings, KioskSettings
from controller.tables import DeviceKind

Fields = Mapping[str, str]
OPENING = tuple(f"opening_{day}" for day in range(1, DAYS_OF_WEEK + 1))
"""The fields of the hours, Monday first."""
_NO_HOURS: tuple[tuple[str, ...], ...] = ((),) * DAYS_OF_WEEK
_LANGUAGES = ("ru,en", "en,ru", "ru", "en")
_YES, _NO, _OWN = "yes", "no", ""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "languages": _LANGUAGES,
    "textbook_week": (_OWN, _YES, _NO),
}


class Wrong(StrEnum):
    """What is wrong with a field."""

    WHOLE = "whole"  # no whole number between the bounds
    NUMBER = "number"  # no number between the bounds
    CHOICE = "choice"
    TIME = "time"  # no time, or quiet hours that end when they start
    HALF = "half"  # a beginning without an end
    HOURS = "hours"  # no spans of time


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a number, both included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one kind of device, in the order of the page, as its own programs begin."""

    usual: Fields
    bounds: Mapping[str, Bounds]
    optional: frozenset[str] = frozenset()  # empty: what the device's own file says
    times: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed came to: settings, or the fields that are wrong."""

    settings: AnySettings | None
    wrong: Mapping[str, Wrong] = field(default_factory=dict)


def fields_of(settings: AnySettings | None, form: Form) -> Fields:
    """What stands in the fields; with no settings: what a device's programs begin with."""
    match settings:
        case None:
            return form.usual
        case KioskSettings():
            return _kiosk_fields(settings)
        case GateSettings():
            return _gate_fields(settings)


def read_fields(kind: DeviceKind, typed: Fields) -> Typed:
    """`KeyError` for a kind without a form."""
    return _READERS[kind]({name: value.strip() for name, value in typed.items()})


def _kiosk_fields(settings: KioskSettings) -> Fields:
    week = settings.textbook_week
    return {
        "languages": ",".join(settings.languages),
        "idle_s": str(settings.idle_s),
        "volume_percent": str(settings.volume_percent),
        "textbook_week": _OWN if week is None else _YES if week else _NO,
        "offline_books": _text(settings.offline_books),
        "offline_operations": _text(settings.offline_operations),
        "offline_hours": _text(settings.offline_hours),
        **_opening_fields(settings.opening),
    }


def _opening_fields(opening: Sequence[Sequence[str]] | None) -> dict[str, str]:
    return {
        name: " ".join(spans) for name, spans in zip(OPENING, opening or _NO_HOURS, strict=True)
    }


def _gate_fields(settings: GateSettings) -> Fields:
    hours = settings.quiet_hours
    return {
        "alarm_s": str(settings.alarm_s),
        "quiet_start": "" if hours is None else hours.start.strftime("%H:%M"),
        "quiet_end": "" if hours is None else hours.end.strftime("%H:%M"),
    }


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _read_kiosk(typed: Fields) -> Typed:
    wished: dict[str, object] = {
        "format": "kiosk-1",
        "languages": tuple(typed.get("languages", "").split(",")),
        "idle_s": typed.get("idle_s", ""),
        "volume_percent": typed.get("volume_percent", ""),
    }
    numbers = ("offline_books", "offline_operations", "offline_hours")
    wished |= {name: typed[name].replace(",", ".") for name in numbers if typed.get(name)}
    spans = (typed.get(name, "").replace("–", "-").replace(",", " ").split() for name in OPENING)
    opening = tuple(map(tuple, spans))
    if any(opening):
        wished["opening"] = opening
    week = typed.get("textbook_week", _OWN)
    if week != _OWN:
        wished["textbook_week"] = {_YES: True, _NO: False}.get(week)
    if week not in CHOICES["textbook_week"]:
        return Typed(None, {"textbook_week": Wrong.CHOICE})
    try:
        return Typed(KioskSettings.model_validate(wished))
    except ValidationError as error:
        return Typed(None, _wrong(error, _kiosk_field))


def _kiosk_field(place: tuple[int | str, ...]) -> str:
    match place:
        case ("opening", int(day), *_):
            return OPENING[day]
        case (str(name), *_):
            return name
        case _:
            return "languages"


def _read_gate(typed: Fields) -> Typed:
    start, end = typed.get("quiet_start", ""), typed.get("quiet_end", "")
    wished: dict[str, object] = {"format": "gate-1", "alarm_s": typed.get("alarm_s", "")}
    if bool(start) != bool(end):
        return Typed(None, {"quiet_end" if start else "quiet_start": Wrong.HALF})
    if start:
        wished["quiet_hours"] = {"start": start, "end": end}
    try:
        return Typed(GateSettings.model_validate(wished))
    except ValidationError as error:
        return Typed(None, _wrong(error, _gate_field))


def _gate_field(place: tuple[int | str, ...]) -> str:
    return f"quiet_{place[1]}" if len(place) > 1 else "quiet_end" if _is_hours(place) else "alarm_s"


def _is_hours(place: tuple[int | str, ...]) -> bool:
    return place[:1] == ("quiet_hours",)


def _wrong(
    error: ValidationError, field_of: Callable[[tuple[int | str, ...]], str]
) -> dict[str, Wrong]:
    return {name: _KINDS_OF_WRONG[name] for name in map(field_of, _places(error))}


def _places(error: ValidationError) -> list[tuple[int | str, ...]]:
    """A day with wrong hours is also missing in its week: that is no mistake of its own."""
    return [detail["loc"] for detail in error.errors() if detail["type"] != "too_short"]


def _bounds(info: FieldInfo) -> Bounds:
    least = next(one.ge for one in info.metadata if isinstance(one, Ge))
    most = next(one.le for one in info.metadata if isinstance(one, Le))
    return Bounds(least, most)  # type: ignore[arg-type]  # declared with whole numbers


def _all_bounds(*names: str, of: type[KioskSettings] | type[GateSettings]) -> dict[str, Bounds]:
    return {name: _bounds(of.model_fields[name]) for name in names}


_KINDS_OF_WRONG: Mapping[str, Wrong] = {
    "languages": Wrong.CHOICE,
    "idle_s": Wrong.WHOLE,
    "volume_percent": Wrong.WHOLE,
    "textbook_week": Wrong.CHOICE,
    "offline_books": Wrong.WHOLE,
    "offline_operations": Wrong.WHOLE,
    "offline_hours": Wrong.NUMBER,
    **dict.fromkeys(OPENING, Wrong.HOURS),
    "alarm_s": Wrong.WHOLE,
    "quiet_start": Wrong.TIME,
    "quiet_end": Wrong.TIME,
}
_ALONE = ("offline_books", "offline_operations", "offline_hours")
FORMS: Mapping[DeviceKind, Form] = {
    DeviceKind.KIOSK: Form(
        usual={
            "languages": "ru,en",
            "idle_s": "40",
            "volume_percent": "70",
            "textbook_week": _OWN,
            **dict.fromkeys((*_ALONE, *OPENING), ""),
        },
        bounds=_all_bounds("idle_s", "volume_percent", *_ALONE, of=KioskSettings),
        optional=frozenset(_ALONE),
    ),
    DeviceKind.GATE: Form(
        usual={"alarm_s": "3", "quiet_start": "", "quiet_end": ""},
        bounds=_all_bounds("alarm_s", of=GateSettings),
        times=frozenset({"quiet_start", "quiet_end"}),
    ),
}
"""A drop and a station ask for no settings: they have no form."""

_READERS: Mapping[DeviceKind, Callable[[Fields], Typed]] = {
    DeviceKind.KIOSK: _read_kiosk,
    DeviceKind.GATE: _read_gate,
}
