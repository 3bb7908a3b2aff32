// The face of a book: colour family of its section, a large initial, a rule.
import { make } from "./make.js";

const VOWEL = "аеёиоуыэюя";
const CONSONANT = "бвгджзклмнпрстфхцчшщ";
const OPEN = new RegExp(`(?<=[а-яё])([${VOWEL}])(?=[${CONSONANT}][${VOWEL}])`, "gi");
const CLOSED = new RegExp(`([${VOWEL}][${CONSONANT}й][ьъ]?)(?=[${CONSONANT}][${VOWEL}])`, "gi");
const LONG = /[а-яё]{8,}/gi;

// Soft hyphens where a Russian word may be divided; browsers bring no Russian dictionary.
function divided(text) {
  return text.replace(LONG, (word) => word.replace(CLOSED, "$1\u00AD").replace(OPEN, "$1\u00AD"));
}

export function cover(book, place) {
  const button = make(
    "button",
    { type: "button", class: `cover${book.rule_high ? " high" : ""}`, "data-uid": book.uid, "data-from": place },
    make("span", { class: "initial", "aria-hidden": "true", text: book.initial }),
    make("span", { class: "title", text: divided(book.title) }),
    make("span", { class: "author", text: book.author }),
  );
  button.style.setProperty("--ground", book.ground);
  button.style.setProperty("--spine", book.spine);
  return button;
}
