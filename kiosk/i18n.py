"""Words in a person's language: gettext over one readable .po file per language.

A language is added by adding `locales/<language>/kiosk.po`; nothing has to be compiled.
"""

import gettext
import io
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def mark(msgid: str) -> str:
    """Marks a text for the catalogue where it is only named, and translated later."""
    return msgid


@dataclass(frozen=True, slots=True)
class Texts:
    """One language."""

    language: str
    catalogue: gettext.NullTranslations

    def say(self, msgid: str, **values: object) -> str:
        """The text, with its {placeholders} filled."""
        return self.catalogue.gettext(msgid).format(**values)

    def count(self, one: str, many: str, number: int) -> str:
        """The text in the plural form of `number`, which fills {n}."""
        return self.catalogue.ngettext(one, many, number).format(n=number)

    def day(self, day: date) -> str:
        """«14 октября», "14 October"."""
        text: str = format_date(day, "d MMMM", locale=self.language)
        return text


@cache
def languages() -> tuple[str, ...]:
    """Every language that has a catalogue, Russian first: the libraries we know speak it."""
    found = (entry.name for entry in files("kiosk").joinpath("locales").iterdir() if entry.is_dir())
    return tuple(sorted(found, key=lambda language: (language != "ru", language)))


@cache
def name_of(language: str) -> str:
    """The language's name in itself: «Русский», "English"."""
    name: str = Locale.parse(language).get_language_name(language)
    return name[:1].upper() + name[1:]


@cache
def load_texts(language: str) -> Texts:
    """The texts of this language; `FileNotFoundError` when there is no catalogue for it."""
    source = files("kiosk").joinpath("locales", language, "kiosk.po").read_bytes()
    catalogue = read_po(io.BytesIO(source), locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled))
