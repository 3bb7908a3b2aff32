"""A refusal below `/console` is a page with words; programs and devices hear JSON."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import Response

from controller.live.words import Language
from controller.staff.pages import Pages
from controller.staff.refusals import Refused, StaffReason, answer_refusal
from controller.staff.unavailable import language_of

REFUSED_WORDS: Mapping[Language, Mapping[StaffReason, str]] = {
    Language.RU: {
        StaffReason.SIGNED_OUT: (
            "Вы вышли, или вас долго не было. Ничего не записано: войдите снова."
        ),
        StaffReason.NOT_ALLOWED: "У вашей учётной записи нет на это прав. Ничего не записано.",
        StaffReason.FORM_EXPIRED: "Страница устарела. Ничего не записано: откройте её снова.",
        StaffReason.UNKNOWN: "Такой записи нет. Возможно, её удалили. Откройте страницу снова.",
        StaffReason.TAKEN: "Этот номер или билет уже у другого. Ничего не записано.",
        StaffReason.CHANGED_MEANWHILE: "Запись тем временем изменили. Откройте страницу снова.",
        StaffReason.HAS_LOANS: "На читателе ещё есть книги. Сначала примите их.",
        StaffReason.HAS_NOT_LEFT: "Читатель не выбыл. Сначала отметьте, что он выбыл.",
        StaffReason.HAS_CONFLICTS: "О читателе есть нерешённые вопросы. Сначала решите их.",
        StaffReason.WRONG_CODE: "Код не подходит. Сверьте его с экраном устройства.",
        StaffReason.ENDED: "Время вышло. Начните снова на устройстве.",
        StaffReason.TOO_MANY: "Слишком много попыток. Подождите и попробуйте снова.",
    },
    Language.EN: {
        StaffReason.SIGNED_OUT: "You are signed out. Nothing was written: sign in again.",
        StaffReason.NOT_ALLOWED: "Your account may not do this. Nothing was written.",
        StaffReason.FORM_EXPIRED: "The page is too old. Nothing was written: open it again.",
        StaffReason.UNKNOWN: "There is no such record; it may be gone. Open the page again.",
        StaffReason.TAKEN: "Somebody else has this number or card. Nothing was written.",
        StaffReason.CHANGED_MEANWHILE: "The record was changed meanwhile. Open the page again.",
        StaffReason.HAS_LOANS: "The reader still has books. Take them back first.",
        StaffReason.HAS_NOT_LEFT: "The reader has not left. Say that first.",
        StaffReason.HAS_CONFLICTS: "Questions about the reader are open. Settle them first.",
        StaffReason.WRONG_CODE: "The code does not fit. Compare it with the device's screen.",
        StaffReason.ENDED: "The time is over. Begin again at the device.",
        StaffReason.TOO_MANY: "Too many tries. Wait, then try again.",
    },
}


def install_refused_page(app: FastAPI, pages: Pages) -> None:
    """What a browser sees of a `Refused` below `/console`."""

    async def answer(request: Request, error: Exception) -> Response:
        if not isinstance(error, Refused) or not request.url.path.startswith("/console"):
            return await answer_refusal(request, error)
        language = language_of(request)
        context: dict[str, object] = {
            "said": REFUSED_WORDS[language][error.reason],
            "signed_out": error.reason is StaffReason.SIGNED_OUT,
        }
        return pages.draw(request, "refused.html", language, context, status=error.status)

    app.add_exception_handler(Refused, answer)
