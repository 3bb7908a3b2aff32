"""The desk in a real Chromium: mouse, finger and keys each do everything."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from hw_sim.client import WorldClient
from hw_sim.faults import FaultKind
from hw_sim.messages import WalkState
from tests.hw_sim.desk.conftest import LIVE_PAGE, PATIENCE_MS, Open

PICTURES = Path(__file__).resolve().parents[3] / "var" / "pictures"
PRESSES: dict[str, Callable[[Locator], None]] = {
    "mouse": lambda it: it.click(),
    "finger": lambda it: it.tap(),
    "keys": lambda it: it.press("Enter"),
}
SHELF_BOOK = ".strip .cover:not(.away)"


def test_mouse_drags_a_book_onto_the_pad(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    book = page.locator(SHELF_BOOK).nth(2)
    uid = book.get_attribute("data-uid")

    _drag(page, book, page.locator("#place-pad1"))

    assert _soon(lambda: _lying(world), [uid])
    expect(page.locator("#place-pad1 .security")).to_have_text("▲ под защитой")
    expect(page.locator(f'.strip [data-uid="{uid}"]')).to_have_attribute("aria-disabled", "true")


def test_book_dragged_off_the_pad_into_nowhere_is_back_on_the_shelf(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    uid = page.locator(SHELF_BOOK).first.get_attribute("data-uid") or ""
    world.place("pad1", [uid])

    _drag(page, page.locator(f'#place-pad1 [data-uid="{uid}"]'), page.locator(".brand"))

    assert _soon(lambda: _lying(world), [])
    on_shelf = page.locator(f'.strip [data-uid="{uid}"]')
    expect(on_shelf).to_have_attribute("aria-disabled", "false")


def test_finger_picks_a_book_and_puts_it_down(open_desk: Open, world: WorldClient) -> None:
    page = open_desk(phone=True)
    book = page.locator(SHELF_BOOK).first
    uid = book.get_attribute("data-uid")

    book.tap()
    page.locator('#choices [data-place="pad1"]').tap()

    assert _soon(lambda: _lying(world), [uid])


def test_finger_pulls_a_book_up_out_of_its_shelf(open_desk: Open, world: WorldClient) -> None:
    page = open_desk(phone=True)
    book = page.locator(SHELF_BOOK).first
    uid = book.get_attribute("data-uid")
    book.scroll_into_view_if_needed()
    box = book.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)

    start = (box["x"] + 30, box["y"] + 60)
    _touch(finger, "touchStart", start)
    for step in range(1, 6):
        _touch(finger, "touchMove", (start[0], start[1] - 12 * step))
    target = page.locator('#choices [data-place="pad1"]').bounding_box()
    assert target is not None
    _touch(finger, "touchMove", (target["x"] + 40, target["y"] + 20))
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert _soon(lambda: _lying(world), [uid])


@pytest.mark.parametrize("means", ["mouse", "finger", "keys"])
def test_every_hand_can_do_everything(open_desk: Open, world: WorldClient, means: str) -> None:
    page = open_desk(phone=means == "finger")
    books = page.locator(".strip").nth(1).locator(".cover")
    press = PRESSES[means]
    walks_before = len(world.gate("gate1").walks)

    press(books.nth(0))
    press(page.locator('#choices [data-place="pad1"]'))
    press(books.nth(1))
    press(page.locator('#choices [data-place="bag"]'))
    press(page.locator(".person").first)
    expect(page.locator("#place-bag .cover")).to_be_visible()
    page.get_by_label("бегом").check()
    press(page.get_by_role("button", name="Выйти с сумкой"))
    press(page.locator("#plug-pad1"))
    expect(page.locator("#bag .where")).to_have_text("за дверью")

    assert _soon(lambda: _plugged(world, "pad1"), False)
    assert _lying(world) == [books.nth(0).get_attribute("data-uid")]
    assert _cards(world) == [page.locator(".person").first.get_attribute("data-card")]
    walks = world.gate("gate1").walks[walks_before:]
    assert [walk.uids for walk in walks] == [[books.nth(1).get_attribute("data-uid")]]


def test_mouse_drags_a_card_to_the_reader_and_away(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    person = page.locator(".person").nth(2)

    _drag(page, person, page.locator("#place-cards1"))
    assert _soon(lambda: _cards(world), [person.get_attribute("data-card")])
    _drag(page, page.locator(".ticket"), page.locator(".brand"))

    assert _soon(lambda: _cards(world), [])


def test_keys_alone_put_a_book_on_the_pad_and_a_card_beside_it(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    books = page.locator(".strip").first.locator(".cover")
    wanted = books.nth(2).get_attribute("data-uid")

    page.locator("#search").focus()
    page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#say")).to_contain_text("в руке")
    expect(page.locator('#choices [data-place="pad1"]')).to_be_focused()
    page.keyboard.press("Enter")

    assert _soon(lambda: _lying(world), [wanted])
    expect(books.nth(2)).to_be_focused()
    expect(page.locator("#say")).to_contain_text("на терминале")

    page.locator(".person").first.focus()
    page.keyboard.press("Enter")

    assert _soon(lambda: len(_cards(world)), 1)


def test_escape_leaves_the_book_where_it_was(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    book = page.locator(SHELF_BOOK).first

    book.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")

    expect(page.locator("#hand")).to_be_hidden()
    expect(book).to_be_focused()
    assert _lying(world) == []


def test_arrows_walk_between_shelves(open_desk: Open) -> None:
    page = open_desk()
    strips = page.locator(".strip")
    strips.first.locator(".cover").first.focus()

    page.keyboard.press("ArrowDown")

    expect(strips.nth(1).locator(".cover").first).to_be_focused()


def test_card_is_laid_down_and_taken_back(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    person = page.locator(".person").nth(1)

    person.click()
    assert _soon(lambda: _cards(world), [person.get_attribute("data-card")])
    expect(person).to_have_attribute("aria-pressed", "true")
    page.locator(".ticket").click()

    assert _soon(lambda: _cards(world), [])
    expect(person).to_have_attribute("aria-pressed", "false")


def test_phone_shows_another_number_each_time(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    phone = page.locator('[data-card="phone"]')
    shown: list[str] = []

    for _ in range(2):
        phone.click()
        expect(phone).to_have_attribute("aria-pressed", "true")
        shown += _cards(world)
        phone.click()
        expect(phone).to_have_attribute("aria-pressed", "false")

    assert len(set(shown)) == 2
    assert all(uid.startswith("08") and len(uid) == 8 for uid in shown)


def test_bag_is_carried_out_and_in(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    books = page.locator(SHELF_BOOK)
    uids = [books.nth(place).get_attribute("data-uid") for place in (0, 1)]

    for uid in uids:
        page.locator(f'.strip [data-uid="{uid}"]').click()
        page.locator("#place-bag").click()
        expect(page.locator(f'#place-bag [data-uid="{uid}"]')).to_be_visible()
    page.get_by_label("бегом").check()
    page.get_by_role("button", name="Выйти с сумкой").click()
    expect(page.locator(".walker")).to_be_visible()
    expect(page.locator("#bag .where")).to_have_text("за дверью")
    page.get_by_role("button", name="Войти с сумкой").click()
    expect(page.locator("#bag .where")).to_have_text("в библиотеке")

    walks = world.gate("gate1").walks[-2:]
    assert [walk.uids for walk in walks] == [uids, uids]
    assert [walk.direction for walk in walks] == ["out", "in"]
    assert {walk.speed_m_s for walk in walks} == {3.0}


def test_who_turns_back_is_still_inside(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()

    page.get_by_label("бегом").check()
    page.get_by_label("вернуться с полпути").check()
    page.get_by_role("button", name="Выйти с сумкой").click()
    expect(page.locator("#bag .where")).to_have_text("в пути")
    expect(page.locator("#bag .where")).to_have_text("в библиотеке")

    assert _soon(lambda: _last_walk(world).ended, True)
    expect(page.get_by_role("button", name="Выйти с сумкой")).to_be_enabled()


def test_nobody_reaches_through_the_door(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    page.get_by_label("бегом").check()
    page.get_by_role("button", name="Выйти с сумкой").click()
    expect(page.locator("#bag .where")).to_have_text("за дверью")

    page.locator(SHELF_BOOK).first.click()
    page.locator("#place-bag").click()

    expect(page.locator("#say")).to_have_text("Сумка за дверью: сначала войдите с ней.")


@pytest.mark.parametrize(("device", "shown_at"), [("pad1", ".pad.kiosk"), ("cards1", ".reader")])
def test_plug_is_pulled_and_put_in(
    open_desk: Open, world: WorldClient, device: str, shown_at: str
) -> None:
    page = open_desk()
    plug = page.locator(f"#plug-{device}")
    status = page.locator(shown_at).locator(f'[data-device="{device}"]')

    plug.click()
    expect(status).to_contain_text("выдернут")
    plugged_then = _plugged(world, device)
    plug.click()
    expect(status).not_to_contain_text("выдернут")

    assert [plugged_then, _plugged(world, device)] == [False, True]


def test_iron_under_the_pad_lets_tags_be_read_and_not_written(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    iron = page.locator("#metal-pad1")
    uid = page.locator(SHELF_BOOK).first.get_attribute("data-uid") or ""

    iron.click()
    expect(iron).to_have_attribute("aria-pressed", "true")
    page.locator(f'.strip [data-uid="{uid}"]').click()
    page.locator("#place-pad1").click()

    assert _soon(lambda: [tag.coupling for tag in world.world().pads["pad1"].tags], [0.4])
    iron.click()
    assert _soon(lambda: [tag.coupling for tag in world.world().pads["pad1"].tags], [1.0])


def test_covered_beam_and_spoiled_line_are_shown(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    beam = page.locator("#inner-gate1")

    beam.click()
    expect(page.locator('[data-beam="inner"]')).to_have_class("beam broken")
    beam.click()
    expect(page.locator('[data-beam="inner"]')).to_have_class("beam")
    page.locator("#fault-pad1").select_option("late")
    page.locator("#do-fault-pad1").click()

    expect(page.locator("#faults-pad1")).to_have_text("ещё ждут: 1")
    assert not world.gate("gate1").beams["inner"]


@pytest.mark.parametrize("query", ["?lang=ru", "?lang=en"])
def test_every_fault_of_a_line_is_offered(open_desk: Open, query: str) -> None:
    page = open_desk(query=query)

    offered = page.locator("#fault-pad1 option")

    values = offered.evaluate_all("(all) => all.map((it) => it.value)")
    assert sorted(values) == sorted(FaultKind)
    assert len(set(offered.all_inner_texts())) == len(FaultKind)


def test_two_cards_lie_together(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()

    page.locator("#two-cards1").click()

    assert _soon(lambda: len(_cards(world)), 2)


def test_search_finds_by_author_and_says_when_there_is_nothing(open_desk: Open) -> None:
    page = open_desk()

    page.get_by_label("Найти").fill("погорельск")
    expect(page.locator(".strip .cover")).to_have_count(1)
    page.get_by_label("Найти").fill("такой книги нет")

    expect(page.locator("#nothing")).to_be_visible()


def test_english_page_links_to_the_live_page(open_desk: Open) -> None:
    page = open_desk(query="?lang=en")

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("The library's desk")
    expect(page.get_by_role("link", name="What is going on")).to_have_attribute("href", LIVE_PAGE)


@pytest.mark.parametrize("phone", [False, True])
def test_page_fits_its_screen_and_leaves_a_picture(open_desk: Open, phone: bool) -> None:
    page = open_desk(phone=phone)
    books = page.locator(".strip").nth(1).locator(".cover")
    for number, place in enumerate(("pad1", "pad1", "bag")):
        books.nth(number).click()
        page.locator(f'#choices [data-place="{place}"]').click()
        expect(page.locator("#hand")).to_be_hidden()
    expect(page.locator("#place-bag .cover")).to_be_visible()
    page.locator(".person").first.click()
    expect(page.locator(".ticket")).to_be_visible()

    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"desk-{'phone' if phone else 'screen'}.png")

    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0


# What hands do


def _drag(page: Page, thing: Locator, to: Locator) -> None:
    thing.hover()
    page.mouse.down()
    to.hover()
    box = to.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()


def _touch(finger: object, kind: str, at: tuple[float, float]) -> None:
    points = [{"x": at[0], "y": at[1]}]
    finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})  # type: ignore[attr-defined]


# What the world says


def _lying(world: WorldClient) -> list[str]:
    return [tag.uid for tag in world.world().pads["pad1"].tags]


def _cards(world: WorldClient) -> list[str]:
    return world.world().card_readers["cards1"].cards


def _plugged(world: WorldClient, device: str) -> bool:
    seen = world.world()
    return (seen.pads.get(device) or seen.card_readers[device]).plugged


def _last_walk(world: WorldClient) -> WalkState:
    return world.gate("gate1").walks[-1]


def _soon(ask: Callable[[], object], wanted: object) -> bool:
    end = time.monotonic() + PATIENCE_MS / 1000
    while ask() != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return ask() == wanted
