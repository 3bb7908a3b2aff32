// One hand for mouse, touch and keys: take a book or a card, choose a place, put it down.
//
// A book is dragged with pointer events (a finger pulls it up out of its shelf; sideways the shelf
// scrolls), or pressed and then put down with a press on a place. The bar with the places is both
// what keys choose from and what a finger drops on when the place itself is out of sight.
import { make } from "./make.js";
import { say } from "./words.js";

const DRAG_FROM_PX = 8;
const EDGE_PX = 56;
const SCROLL_PX = 14;
const bar = document.getElementById("hand");
const held = document.getElementById("held");
const choices = document.getElementById("choices");

let desk = null; // what `startHand` was given: the page's knowledge of things and places
let picked = null; // { thing }
let press = null; // the pointer that is down on a thing
let ghost = null;

export function startHand(given) {
  desk = given;
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", letGo);
  document.addEventListener("click", click, true);
  document.addEventListener("keydown", key);
}

function thingOf(element) {
  const it = element.closest?.("[data-uid], [data-card]");
  if (!it || it.closest("#hand")) return null;
  const kind = it.dataset.uid ? "book" : "card";
  return { kind, id: it.dataset.uid ?? it.dataset.card, from: it.dataset.from, element: it };
}

// Pointers

function down(event) {
  const thing = event.button === 0 && event.isPrimary ? thingOf(event.target) : null;
  if (thing && desk.mayTake(thing)) press = { thing, x: event.clientX, y: event.clientY, id: event.pointerId };
}

function move(event) {
  if (!press || event.pointerId !== press.id) return;
  if (!ghost) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < DRAG_FROM_PX) return;
    startDrag(event);
  }
  event.preventDefault();
  ghost.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
  scrollAtEdge(event.clientY);
  mark(placeUnder(event));
}

function startDrag(event) {
  cancel({ silently: true });
  document.documentElement.setPointerCapture?.(event.pointerId);
  ghost = press.thing.element.cloneNode(true);
  for (const name of ["data-uid", "data-card", "tabindex", "id"]) ghost.removeAttribute(name);
  ghost.setAttribute("aria-hidden", "true");
  ghost.classList.add("ghost");
  document.body.append(ghost);
  document.body.classList.add("dragging");
  press.thing.element.classList.add("lifted");
  if (press.thing.kind === "book") showBar(press.thing);
  showTargets(press.thing);
}

function placeUnder(event) {
  const place = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]");
  const wanted = desk.placesFor(press.thing).some((it) => it.id === place?.dataset.place);
  return wanted ? place : null;
}

function mark(place) {
  for (const it of document.querySelectorAll(".over")) if (it !== place) it.classList.remove("over");
  place?.classList.add("over");
}

function scrollAtEdge(y) {
  if (y < EDGE_PX) scrollBy(0, -SCROLL_PX);
  else if (y > innerHeight - EDGE_PX && bar.hidden) scrollBy(0, SCROLL_PX);
}

function up(event) {
  if (!press || event.pointerId !== press.id) return;
  const { thing } = press;
  const place = ghost ? placeUnder(event) : null;
  const wasDrag = ghost !== null;
  letGo();
  if (!wasDrag) return;
  // the click that follows a drag is no press
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, true), 0);
  if (place) desk.put(thing, place.dataset.place);
  else if (thing.kind === "book" && thing.from !== "shelf") desk.put(thing, "shelf");
  else if (thing.kind === "card" && thing.from === "reader") desk.put(thing, "people");
}

function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}

function letGo() {
  press?.thing.element.classList.remove("lifted");
  ghost?.remove();
  document.body.classList.remove("dragging");
  mark(null);
  if (ghost && !picked) hideBar();
  ghost = null;
  press = null;
}

// Presses, of a finger, a mouse or the Enter key

function click(event) {
  const place = event.target.closest?.("[data-place]");
  const thing = thingOf(event.target);
  const isControl = event.target.closest?.("button, a, input, select, label") && !thing;
  if (picked && thing?.id === picked.thing.id) {
    cancel();
  } else if (picked && place && (!isControl || place.closest("#hand"))) {
    event.preventDefault();
    event.stopPropagation();
    if (mayPut(place.dataset.place)) putDown(place.dataset.place);
    else desk.tell(desk.whyNotInto(place.dataset.place));
  } else if (thing?.kind === "card") {
    desk.layOrTake(thing);
  } else if (thing) {
    pressBook(thing, { byKey: event.detail === 0 });
  }
}

function mayPut(id) {
  return desk.placesFor(picked.thing).some((place) => place.id === id);
}

function pressBook(thing, { byKey }) {
  if (!desk.mayTake(thing)) return desk.tell(desk.whyNot(thing));
  if (picked) cancel({ silently: true });
  picked = { thing };
  thing.element.classList.add("picked");
  showBar(thing);
  showTargets(thing);
  desk.tell(say("picked", { title: desk.book(thing.id).title }), "spoken");
  if (byKey) choices.firstElementChild.focus();
}

function putDown(place) {
  const { thing } = picked;
  release();
  desk.put(thing, place);
}

function cancel({ silently = false } = {}) {
  if (!picked) return;
  const { thing } = picked;
  release();
  if (!silently) desk.tell(say("cancelled", { title: desk.book(thing.id).title }));
}

// The focus goes back in the same moment and never later: when the simulator answers, the next key
// may already be on its way to another book.
function release() {
  const { thing } = picked;
  thing.element.classList.remove("picked");
  picked = null;
  if (bar.contains(document.activeElement)) {
    (thing.element.isConnected ? thing.element : desk.bookOnShelf(thing.id))?.focus();
  }
  hideBar();
}

// The bar of places

function showBar(thing) {
  held.textContent = say("in_hand", { title: desk.book(thing.id).title });
  const places = desk.placesFor(thing);
  choices.replaceChildren(
    ...places.map((place, index) => make("button", {
      type: "button", class: "choice", "data-place": place.id, tabindex: index === 0 ? "0" : "-1", text: place.label,
    })),
    make("button", { type: "button", class: "choice plain", tabindex: "-1", text: say("cancel"), onclick: () => cancel() }),
  );
  bar.hidden = false;
  document.body.classList.add("holding");
}

function showTargets(thing) {
  const ids = desk.placesFor(thing).map((place) => place.id);
  for (const it of document.querySelectorAll("[data-place]")) {
    it.classList.toggle("target", ids.includes(it.dataset.place));
  }
}

function hideBar() {
  bar.hidden = true;
  document.body.classList.remove("holding");
  for (const it of document.querySelectorAll(".target")) it.classList.remove("target");
}

function key(event) {
  if (event.key === "Escape" && ghost) return letGo();
  if (event.key === "Escape" && picked) {
    event.preventDefault();
    return cancel();
  }
  const from = event.target.closest?.("#choices > *");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!from || !step) return;
  event.preventDefault();
  const all = [...choices.children];
  const to = all[(all.indexOf(from) + step + all.length) % all.length];
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
