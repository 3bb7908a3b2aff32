"""A typographic cover as a widget: paints the face that `kiosk.covers` chose."""

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.covers import INK, darker, face
from kiosk.screens import style
from kiosk.view import Cover


class CoverFace(Widget):
    """One book's face, 12 x 16 mm; a plain book while the title has not come yet."""

    initial = StringProperty()
    icon = StringProperty("book")
    rule_high = BooleanProperty(False)
    ground = ColorProperty((0, 0, 0, 0))
    spine = ColorProperty((0, 0, 0, 0))
    letters = ColorProperty(INK)

    def show(self, cover: Cover | None, icon: str) -> None:
        """Paint this book, or the placeholder with this icon."""
        theme = style.theme()
        self.icon = icon or "book"
        if cover is None:
            self.initial, self.ground, self.spine = "", theme.brand_soft, theme.line
            return
        chosen = face(cover)
        self.initial, self.rule_high = chosen.initial, chosen.rule_high
        self.ground = darker(chosen.ground, theme.face_light)
        self.spine = chosen.spine if theme.face_light == 1 else chosen.ground
