// Shelves: one row per section, arrows walk along and between them, a search makes one row.
import { cover } from "./covers.js";
import { keep, make, write } from "./make.js";
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

// In place: a cover that stays keeps the focus, and the finger that is just pressing it.
function render() {
  const found = search === "" ? books : books.filter((book) => fits(book));
  const names = search === "" ? [...new Set(books.map((book) => book.shelf))] : found.length ? ["found"] : [];
  keep(rows, names, "shelf", row).forEach((it, index) => {
    fill(it, search === "" ? found.filter((book) => book.shelf === names[index]) : found);
  });
  document.getElementById("nothing").hidden = found.length > 0 || books.length === 0;
  document.getElementById("bare").hidden = books.length > 0;
}

function fits(book) {
  return folded(`${book.title} ${book.author} ${book.item}`).includes(search);
}

function row(name) {
  const head = make("h3", { id: `shelf-${name}` }, say(`shelf_${name}`), " ", make("span", { class: "count" }));
  const strip = make("div", { class: "strip", role: "group", "aria-labelledby": head.id });
  return make("div", { class: "shelf", "data-shelf": name }, head, strip);
}

function fill(element, all) {
  const name = element.dataset.shelf;
  const strip = element.querySelector(".strip");
  const byKey = new Map(all.slice(0, shown.get(name) ?? AT_ONCE).map((book) => [faceOf(book), book]));
  const left = all.length - byKey.size;
  const keys = [...byKey.keys(), ...(left > 0 ? ["next"] : [])];
  keep(strip, keys, "key", (key) => (key === "next" ? nextButton(name, strip) : shelved(byKey.get(key), key)));
  if (left > 0) write(strip.lastElementChild, say("next_books", { count: left }));
  if (strip.firstElementChild && !strip.querySelector('[tabindex="0"]')) strip.firstElementChild.tabIndex = 0;
  write(element.querySelector(".count"), String(all.length));
}

// A tag that is written anew gets a new cover.
function faceOf(book) {
  return `${book.uid} ${book.title}`;
}

function shelved(book, key) {
  const it = cover(book, "shelf");
  it.tabIndex = -1;
  it.dataset.key = key;
  markAway(it);
  return it;
}

function nextButton(name, strip) {
  const goOn = () => {
    const from = strip.children.length - 1;
    shown.set(name, from + 2 * AT_ONCE);
    render();
    walkTo(strip.children[from]);
  };
  return make("button", { type: "button", class: "next", "data-key": "next", onclick: goOn });
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
