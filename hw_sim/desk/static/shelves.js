// Shelves: one row per section, arrows walk along and between them, a search makes one row.
import { cover } from "./covers.js";
import { make } from "./make.js";
import { say } from "./words.js";

const AT_ONCE = 20;
const rows = document.getElementById("rows");
const shown = new Map(); // how many books a shelf shows
let books = [];
let search = "";
let awayNow = new Map();

export function showBooks(all) {
  books = all;
  render();
}

export function find(text) {
  search = folded(text.trim());
  render();
}

export function showAway(away) {
  awayNow = away;
  for (const it of rows.querySelectorAll("[data-uid]")) markAway(it);
}

export function bookOnShelf(uid) {
  return rows.querySelector(`[data-uid="${uid}"]`);
}

function folded(text) {
  return text.toLowerCase().replaceAll("ё", "е");
}

function render() {
  const found = search === "" ? books : books.filter((book) => fits(book));
  const names = search === "" ? [...new Set(books.map((book) => book.shelf))] : found.length ? ["found"] : [];
  rows.replaceChildren(...names.map((name) => {
    return row(name, search === "" ? found.filter((book) => book.shelf === name) : found);
  }));
  document.getElementById("nothing").hidden = found.length > 0 || books.length === 0;
  document.getElementById("bare").hidden = books.length > 0;
}

function fits(book) {
  return folded(`${book.title} ${book.author} ${book.item}`).includes(search);
}

function row(name, all) {
  const head = make("h3", { id: `shelf-${name}` }, say(`shelf_${name}`), " ",
    make("span", { class: "count", text: String(all.length) }));
  const strip = make("div", { class: "strip", role: "group", "aria-labelledby": head.id });
  extend(strip, name, all, shown.get(name) ?? AT_ONCE);
  return make("div", { class: "shelf" }, head, strip);
}

function extend(strip, name, all, upTo) {
  shown.set(name, upTo);
  strip.querySelector(".next")?.remove();
  const from = strip.children.length;
  for (const book of all.slice(from, upTo)) {
    const it = cover(book, "shelf");
    it.tabIndex = -1;
    markAway(it);
    strip.append(it);
  }
  if (strip.firstElementChild && !strip.querySelector('[tabindex="0"]')) strip.firstElementChild.tabIndex = 0;
  const left = all.length - upTo;
  if (left > 0) strip.append(nextButton(strip, name, all, upTo, left));
}

function nextButton(strip, name, all, upTo, left) {
  const label = say("next_books", { count: left });
  const goOn = () => {
    extend(strip, name, all, upTo + 2 * AT_ONCE);
    walkTo(strip.children[upTo]);
  };
  return make("button", { type: "button", class: "next", text: label, onclick: goOn });
}

function markAway(it) {
  const away = awayNow.get(it.dataset.uid);
  it.classList.toggle("away", away !== undefined);
  it.setAttribute("aria-disabled", String(away !== undefined));
}

function walkTo(element) {
  if (!element) return;
  const strip = element.closest(".strip");
  for (const it of strip.querySelectorAll('[tabindex="0"]')) if (it !== element) it.tabIndex = -1;
  element.tabIndex = 0;
  element.focus();
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

rows.addEventListener("keydown", (event) => {
  const from = event.target.closest(".strip > *");
  if (!from) return;
  const strip = from.parentElement;
  const strips = [...rows.querySelectorAll(".strip")];
  const other = (step) => {
    const near = strips[strips.indexOf(strip) + step];
    return near && (near.querySelector('[tabindex="0"]') ?? near.firstElementChild);
  };
  const to = {
    ArrowRight: () => from.nextElementSibling,
    ArrowLeft: () => from.previousElementSibling,
    Home: () => strip.firstElementChild,
    End: () => strip.lastElementChild,
    ArrowDown: () => other(1),
    ArrowUp: () => other(-1),
  }[event.key];
  if (!to) return;
  event.preventDefault();
  walkTo(to());
});
