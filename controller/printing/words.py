"""The words of the printing page, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language
from controller.printing.sheets import SheetName

PRINT_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "printing": "Печать билетов и этикеток",
        "labels": "Этикетки на книги",
        "cards": "Читательские билеты",
        "numbers": "Номера книг через пробел",
        "batch": "или номер накладной (партии)",
        "title_id": "или номер издания: все его экземпляры",
        "kind": "Что печатать",
        "barcode_label": "штрихкод с названием",
        "spine": "корешок: шифр и авторский знак",
        "sheet": "Бумага",
        "first": "Первая свободная этикетка на листе",
        "print": "Печать (PDF)",
        "class_name": "Класс",
        "barcode": "штрихкод",
        "qr": "QR-код",
        "whole_names": "фамилия целиком (без отметки: «Анна П.»)",
        "nothing": "Печатать нечего: укажите номера, партию, издание или класс.",
        "unknown": "Таких номеров нет в каталоге, проверьте их:",
        "ambiguous": "Этот номер стоит на нескольких книгах. Укажите штрихкод нужной:",
    },
    Language.EN: {
        "printing": "Print cards and labels",
        "labels": "Labels for books",
        "cards": "Library cards",
        "numbers": "Numbers of copies, with blanks between",
        "batch": "or the delivery note (batch)",
        "title_id": "or the number of a title: all its copies",
        "kind": "What to print",
        "barcode_label": "barcode with the title",
        "spine": "spine: shelf mark and author mark",
        "sheet": "Paper",
        "first": "First free label on the sheet",
        "print": "Print (PDF)",
        "class_name": "Class",
        "barcode": "barcode",
        "qr": "QR code",
        "whole_names": "whole family name (otherwise “Anna P.”)",
        "nothing": "There is nothing to print: give numbers, a batch, a title or a class.",
        "unknown": "These numbers are not in the catalogue, check them:",
        "ambiguous": "This number is on several books. Give the barcode of the one you mean:",
    },
}

SHEET_WORDS: Mapping[Language, Mapping[SheetName, str]] = {
    Language.RU: {
        SheetName.A4_3X8: "A4, 24 этикетки 70 × 37 мм",
        SheetName.A4_5X13: "A4, 65 этикеток 38 × 21,2 мм",
        SheetName.A4_4X10: "A4, 40 этикеток 48,5 × 25,4 мм",
        SheetName.A4_3X7: "A4, 21 этикетка 70 × 42,3 мм",
        SheetName.A4_2X5: "A4, 10 билетов 85,6 × 54 мм",
        SheetName.ROLL_58X40: "рулон, 58 × 40 мм",
        SheetName.ROLL_43X25: "рулон, 43 × 25 мм",
        SheetName.CARD: "карточка 85,6 × 54 мм",
    },
    Language.EN: {
        SheetName.A4_3X8: "A4, 24 labels of 70 × 37 mm",
        SheetName.A4_5X13: "A4, 65 labels of 38 × 21.2 mm",
        SheetName.A4_4X10: "A4, 40 labels of 48.5 × 25.4 mm",
        SheetName.A4_3X7: "A4, 21 labels of 70 × 42.3 mm",
        SheetName.A4_2X5: "A4, 10 cards of 85.6 × 54 mm",
        SheetName.ROLL_58X40: "roll, 58 × 40 mm",
        SheetName.ROLL_43X25: "roll, 43 × 25 mm",
        SheetName.CARD: "card, 85.6 × 54 mm",
    },
}
CARD_SHEETS = (SheetName.A4_2X5, SheetName.CARD)
LABEL_SHEETS = tuple(name for name in SheetName if name not in CARD_SHEETS)
