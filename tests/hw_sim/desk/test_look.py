"""What a person with other eyes, or a screen reader, gets: names, landmarks, contrast, focus."""

import pytest
from playwright.sync_api import Page, expect

from tests.hw_sim.desk.conftest import Open

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LEAST_TARGET_PX = 24  # WCAG 2.2, 2.5.8

NAMELESS = """() => [...document.querySelectorAll('button, a, input, select, [role=img], section')]
  .filter((it) => it.checkVisibility())
  .filter((it) => !(it.getAttribute('aria-label')
    || (!it.matches('input, select') && it.textContent.trim())
    || [...(it.labels ?? [])].some((label) => label.textContent.trim())))
  .map((it) => it.outerHTML.slice(0, 120))"""

SMALL = """(least) => [...document.querySelectorAll('button, select, input[type=search], nav a')]
  .filter((it) => it.checkVisibility())
  .filter((it) => it.offsetHeight < least || it.offsetWidth < least)
  .map((it) => it.outerHTML.slice(0, 120))"""

BROKEN_REFERENCES = """() => {
  const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
  const asked = [...document.querySelectorAll('[aria-labelledby], label[for]')]
    .map((it) => it.getAttribute('aria-labelledby') ?? it.htmlFor);
  return [...ids.filter((id, index) => ids.indexOf(id) !== index),
    ...asked.filter((id) => !ids.includes(id))];
}"""

MOVING = """() => [...document.querySelectorAll('*')].filter((it) => {
    const { animationName, transitionDuration } = getComputedStyle(it);
    return animationName !== 'none' || parseFloat(transitionDuration) > 0;
  }).map((it) => it.outerHTML.slice(0, 120))"""

# The colour of each visible text against the first ground behind it that is not clear.
PALE = """(least) => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (it) => {
    for (let at = it; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const pale = [];
  for (const it of document.querySelectorAll('body *:not(svg *, script, noscript)')) {
    const own = [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const hidden = it.closest('[aria-hidden=true], .unseen');
    if (!own || hidden || !it.checkVisibility()) continue;
    const [one, other] = [light(getComputedStyle(it).color), light(ground(it))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < least) pale.push(`${contrast.toFixed(2)} ${it.outerHTML.slice(0, 100)}`);
  }
  return pale;
}"""


@pytest.fixture(params=[False, True], ids=["screen", "phone"])
def busy(open_desk: Open, request: pytest.FixtureRequest) -> Page:
    """The desk with a book in the hand, one on the pad, a card laid, a plug pulled."""
    return _busy(open_desk(phone=request.param))


@pytest.fixture
def screen(open_desk: Open) -> Page:
    """The desk as one finds it, on a wide screen."""
    return open_desk()


def _busy(page: Page) -> Page:
    books = page.locator(".strip .cover")
    books.nth(0).click()
    page.locator('#choices [data-place="pad1"]').click()
    expect(page.locator("#place-pad1 .cover")).to_be_visible()
    page.locator(".person").first.click()
    expect(page.locator(".ticket")).to_be_visible()
    page.locator("#plug-station1").click()
    expect(page.locator('[data-device="station1"]')).to_contain_text("выдернут")
    books.nth(1).click()
    return page


def test_everything_has_a_name_a_contrast_a_size_and_rest_for_who_asked_for_it(
    busy: Page,
) -> None:
    found = {
        "nameless": busy.evaluate(NAMELESS),
        "broken references": busy.evaluate(BROKEN_REFERENCES),
        "pale": busy.evaluate(PALE, LEAST_CONTRAST),
        "small": busy.evaluate(SMALL, LEAST_TARGET_PX),
        "moving": busy.evaluate(MOVING),
    }

    assert found == {what: [] for what in found}


def test_page_has_its_landmarks_and_one_heading(screen: Page) -> None:
    counts = {role: screen.get_by_role(role).count() for role in ("banner", "main", "navigation")}

    assert counts == {"banner": 1, "main": 1, "navigation": 1}
    assert screen.locator("h1").count() == 1
    assert screen.get_by_role("region").count() >= 6
    assert screen.locator("html").get_attribute("lang") == "ru"


def test_focus_is_to_be_seen(screen: Page) -> None:
    screen.locator("#search").focus()
    screen.keyboard.press("Tab")

    outline = screen.evaluate(
        "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
        "(getComputedStyle(document.activeElement))"
    )

    assert outline[0] == "solid"
    assert outline[1] >= 2


def test_sound_is_off_until_somebody_wants_it(screen: Page) -> None:
    sound = screen.locator("#sound")
    was = sound.get_attribute("aria-pressed")

    sound.click()

    assert was == "false"
    expect(sound).to_have_attribute("aria-pressed", "true")
