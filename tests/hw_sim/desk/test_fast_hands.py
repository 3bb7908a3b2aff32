"""Hands are faster than answers: what the page is told late takes no key and no press from them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from hw_sim.client import WorldClient
from hw_sim.messages import NewTag
from tests.hw_sim.desk.conftest import Open

NEW_TAG = "E0040100FA57FA57"
ORDERS = "**/desk/move"


def test_answer_that_comes_late_does_not_take_the_key_meant_for_the_next_book(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    held = _hold_orders(page)
    first, second = (page.locator(".strip").nth(1).locator(".cover").nth(at) for at in (0, 1))

    _choose(page, first.press, "pad1")
    expect(first).to_be_focused()
    second.focus()
    _release(page, held, 0)
    expect(page.locator("#place-pad1 .cover")).to_be_visible()
    expect(page.locator("#say")).to_contain_text("на терминале")
    page.keyboard.press("Enter")

    title = second.locator(".title").inner_text().replace("\u00ad", "")
    expect(page.locator("#held")).to_contain_text(title)
    expect(second).to_have_class(re.compile("picked"))


def test_orders_are_done_in_the_order_of_the_hands(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    held = _hold_orders(page)
    book = page.locator(".strip .cover").first

    for place in ("pad1", "bag"):
        _choose(page, book.press, place)
    expect(page.locator("#hand")).to_be_hidden()
    _wait_for(page, held, 1)
    sent_before_the_answer = len(held)
    for number in (0, 1):
        _release(page, held, number)

    expect(page.locator("#place-bag .cover")).to_be_visible()
    assert world.world().pads["pad1"].tags == []
    assert sent_before_the_answer == 1


def test_new_tags_in_the_world_leave_focus_and_covers_where_they_are(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    cover = page.locator(".strip").nth(1).locator(".cover").nth(3).element_handle()
    cover.focus()

    world.make_tags([NewTag(uid=NEW_TAG)])
    expect(page.locator(f'.strip [data-uid="{NEW_TAG}"]')).to_be_visible()

    assert cover.evaluate("(it) => it === document.activeElement")


def test_look_between_button_down_and_up_costs_no_click(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    first, second = (
        page.locator(".strip .cover").nth(at).get_attribute("data-uid") or "" for at in (0, 1)
    )
    world.place("pad1", [first])
    on_pad = page.locator(f'#place-pad1 [data-uid="{first}"]')

    on_pad.hover()
    page.mouse.down()
    world.place("pad1", [second])
    expect(page.locator(f'#place-pad1 [data-uid="{second}"]')).to_be_visible()
    page.mouse.up()

    expect(on_pad).to_have_class(re.compile("picked"))


def test_look_writes_only_what_has_changed(open_desk: Open, world: WorldClient) -> None:
    page = open_desk()
    uid = page.locator(".strip .cover").first.get_attribute("data-uid") or ""
    page.evaluate(
        """() => { window.written = [];
          const note = (all) => window.written.push(...all.map((it) => it.target.id));
          for (const id of ["tricks", "alarm", "gates", "cards", "rows"])
            new MutationObserver(note).observe(
              document.getElementById(id), { childList: true, characterData: true, subtree: true });
        }"""
    )

    world.place("pad1", [uid])
    expect(page.locator("#place-pad1 .cover")).to_be_visible()

    assert page.evaluate("window.written") == []


def test_keys_stay_on_the_button_through_the_whole_walk(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    page.get_by_label("бегом").check()
    go = page.locator("[data-go]")

    go.press("Enter")
    expect(go).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")  # nobody can walk twice at once
    expect(go).to_have_text("Войти с сумкой")
    expect(go).to_be_focused()
    page.keyboard.press("Enter")

    expect(go).to_have_text("Выйти с сумкой")
    expect(page.locator("#say")).to_be_empty()


def test_focus_goes_to_the_pad_when_its_last_book_and_its_buttons_go(
    open_desk: Open, world: WorldClient
) -> None:
    page = open_desk()
    uid = page.locator(".strip .cover").first.get_attribute("data-uid") or ""
    world.place("pad1", [uid])

    page.get_by_role("button", name="В сумку").press("Enter")

    expect(page.locator("#place-bag .cover")).to_be_visible()
    expect(page.locator("#place-pad1")).to_be_focused()


def _choose(page: Page, press: Callable[[str], None], place: str) -> None:
    """With keys alone: take the book, put it there."""
    press("Enter")
    page.locator(f'#choices [data-place="{place}"]').press("Enter")


def _hold_orders(page: Page) -> list[Route]:
    """Orders wait here until `_release`."""
    held: list[Route] = []
    page.route(ORDERS, lambda route: held.append(route))
    return held


def _release(page: Page, held: list[Route], number: int) -> None:
    _wait_for(page, held, number + 1)
    with page.expect_response(ORDERS):
        held[number].continue_()


def _wait_for(page: Page, held: list[Route], count: int) -> None:
    while len(held) < count:  # without end but for the test's own time limit
        page.wait_for_timeout(10)  # lets the route's handler run
