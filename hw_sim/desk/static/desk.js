// The page: what the simulator tells is shown, what hands do is told to the simulator.
import { gatePanel, showGate } from "./aisle.js";
import { startHand } from "./hand.js";
import { keep, make, write } from "./make.js";
import { firstCards, isPhone, nameOf, showLaid, showPeople } from "./people.js";
import { padPanel, pile, readerPanel, showPad, showPile, showReader } from "./places.js";
import { server, watch } from "./server.js";
import { bookOnShelf, find, showAway, showBooks } from "./shelves.js";
import { play } from "./sound.js";
import { showTrouble } from "./trouble.js";
import { fillPage, say } from "./words.js";

const TOLD_MS = 6000;
const pads = document.getElementById("pads");
const gates = document.getElementById("gates");
const books = new Map();
let desk = null;
let clockAhead = 0; // the world's clock minus ours, seconds
let alarmed = false;
let forget = 0;

const clock = () => performance.now() / 1000 + clockAhead;

// `only` "spoken": who sees the page sees it anyway.
function tell(text, only = "") {
  const line = document.getElementById("say");
  line.classList.toggle("unseen", only === "spoken");
  line.textContent = text;
  clearTimeout(forget);
  forget = setTimeout(() => line.replaceChildren(), TOLD_MS);
}

async function attempt(order) {
  try {
    await order;
    return true;
  } catch (error) {
    tell(error.message);
    return false;
  }
}

// Where things are

function whereIs(uid) {
  const pad = desk.pads.find((it) => it.books.some((book) => book.uid === uid));
  if (pad) return { id: pad.name, words: say(`where_${pad.kind}`) };
  if (desk.bag.books.some((book) => book.uid === uid)) return { id: "bag", words: say("where_bag") };
  return { id: "shelf", words: say("where_shelf") };
}

function placesFor(thing) {
  if (thing.kind === "card") return desk.card_readers.map((reader) => ({ id: reader.name }));
  const at = whereIs(thing.id).id;
  return [
    ...desk.pads.map((pad) => ({ id: pad.name, label: say(`to_${pad.kind}`) })),
    ...(desk.bag.where === "inside" ? [{ id: "bag", label: say("to_bag") }] : []),
    { id: "shelf", label: say("to_shelf") },
  ].filter((place) => place.id !== at);
}

const bagIsAway = () => say(`bag_is_${desk.bag.where}`);

function whyNot({ id, from }) {
  const at = whereIs(id);
  return from === "bag" ? bagIsAway() : say("is_there", { title: books.get(id).title, place: at.words });
}

function mayTake({ kind, id, from }) {
  if (kind === "card") return true;
  const at = whereIs(id).id;
  return at === from && (at !== "bag" || desk.bag.where === "inside");
}

const hands = {
  book: (uid) => books.get(uid),
  bookOnShelf,
  placesFor,
  tell,
  mayTake,
  whyNot,
  whyNotInto: (place) => (place === "bag" ? bagIsAway() : ""),
  put: (thing, place) => (thing.kind === "card" ? layCard(thing.id, place) : putBooks([thing.id], place)),
  layOrTake: ({ id, from }) => {
    const laid = from === "reader" || desk.card_readers.some((it) => it.cards.some((uid) => sameCard(uid, id)));
    return layCard(id, laid ? "people" : desk.card_readers[0].name);
  },
};

async function putBooks(uids, place) {
  if (!(await attempt(server.move(uids, place)))) return;
  play("put");
  const words = desk.pads.find((it) => it.name === place)?.kind ?? place;
  tell(uids.map((uid) => say("put_down", { title: books.get(uid).title, place: say(`where_${words}`) })).join(" "));
}

function sameCard(one, other) {
  return one === other || (isPhone(one) && isPhone(other));
}

async function layCard(uid, place) {
  const name = nameOf(uid);
  if (place !== "people") {
    const order = uid === "phone" ? server.phone(place) : server.layCard(place, uid);
    if (!(await attempt(order))) return;
    play("card");
    return tell(say("card_on", { name }));
  }
  for (const reader of desk.card_readers) {
    for (const there of reader.cards.filter((it) => sameCard(it, uid))) await attempt(server.takeCard(reader.name, there));
  }
  tell(say("card_off", { name }));
}

// What the simulator tells

function show({ now, desk: seen }) {
  clockAhead = now - performance.now() / 1000;
  desk = seen;
  showPlaces();
  showLaid(desk.card_readers.flatMap((reader) => reader.cards));
  showTrouble(desk, tricks);
  showAway(away());
  showLink();
  showAlarm();
  if (books.size !== desk.tag_count) attempt(loadBooks());
}

function away() {
  const there = [...desk.pads.flatMap((pad) => pad.books), ...desk.bag.books];
  return new Map(there.map((book) => [book.uid, true]));
}

function showPlaces() {
  const padNames = desk.pads.map((pad) => pad.name);
  const panels = keep(pads, padNames, "pad", (name) => padPanel(desk.pads.find((it) => it.name === name), acts));
  panels.forEach((panel, index) => showPad(panel, desk.pads[index], hands.book));
  desk.card_readers.forEach((reader, index) => {
    const host = panels[Math.min(index, panels.length - 1)];
    const found = host.querySelector(`[data-reader="${reader.name}"]`);
    const panel = found ?? readerPanel(reader);
    if (!found) host.querySelector(".ground").after(panel);
    showReader(panel, reader, nameOf);
  });
  const gateNames = desk.gates.map((gate) => gate.name);
  keep(gates, gateNames, "gate", (name) => gatePanel(desk.gates.find((it) => it.name === name), carry))
    .forEach((panel, index) => showGate(panel, desk.gates[index], desk.bag, clock));
  showBag();
}

function showBag() {
  const bag = document.getElementById("bag") ?? bagPanel();
  bag.dataset.where = desk.bag.where;
  write(bag.querySelector(".where"), say(desk.bag.where));
  showPile(bag.querySelector(".pile"), desk.bag.books, "bag", hands.book);
}

function bagPanel() {
  const bag = make("section", { id: "bag", class: "bag", "aria-label": say("bag") },
    make("div", { class: "head" }, make("h3", { text: say("bag") }), make("p", { class: "where quiet" })),
    make("div", { class: "ground" }, pile("bag", "bag"), make("p", { class: "invitation", text: say("bag_empty") })),
  );
  (gates.querySelector("form") ?? pads).before(bag);
  return bag;
}

function showLink() {
  const live = document.getElementById("live");
  live.hidden = desk.live_page === "";
  if (desk.live_page !== "") live.href = desk.live_page;
}

function showAlarm() {
  const sounding = desk.gates.some((gate) => gate.sounder);
  write(document.getElementById("alarm"), sounding ? say("gate_alarm") : "");
  if (sounding && !alarmed) play("alarm");
  alarmed = sounding;
}

// What hands do besides

const uidsOn = (name) => desk.pads.find((pad) => pad.name === name).books.map((book) => book.uid);
const acts = {
  toBag: (name) => (desk.bag.where === "inside" ? putBooks(uidsOn(name), "bag") : tell(bagIsAway())),
  clear: (name) => putBooks(uidsOn(name), "shelf"),
};

const carry = (gate, order) => attempt(server.walk(gate, order));

const tricks = {
  plug: (name, isIn) => attempt(server.plug(name, isIn)),
  metal: (pad, on) => attempt(server.metal(pad, on)),
  snatch: async (pad, on) => (await attempt(server.snatch(pad, on))) && on && tell(say("snatched")),
  block: (gate, beam, on) => attempt(server.block(gate, beam, on)),
  fault: (name, kind, count) => attempt(server.fault(name, kind, count)),
  twoCards: async (reader) => {
    for (const card of firstCards(2)) await attempt(server.layCard(reader, card));
  },
};

async function loadBooks() {
  const all = await server.books();
  books.clear();
  for (const book of all) books.set(book.uid, book);
  showBooks(all);
  if (desk === null) return; // the first look is still to come
  showPlaces();
  showAway(away());
}

function linkIs(up) {
  const link = document.getElementById("link");
  link.textContent = say(up ? "connected" : "disconnected");
  link.classList.toggle("lost", !up);
}

fillPage();
startHand(hands);
document.getElementById("search").addEventListener("input", (event) => find(event.target.value));
document.getElementById("fill").addEventListener("click", () => attempt(server.fill()));
const met = attempt(server.people().then(showPeople)); // a look names people
watch((seen) => met.then(() => show(seen)), linkIs);
attempt(loadBooks());
