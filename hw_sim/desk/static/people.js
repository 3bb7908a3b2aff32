// Readers with their cards, a stranger's card and a phone. A press lays a card down or takes it back.
import { make } from "./make.js";
import { say } from "./words.js";

const list = document.getElementById("cards");
const names = new Map();
const PHONE_UID = /^08[0-9A-F]{6}$/; // a UID made up anew at each field entry

export function showPeople(who) {
  const stranger = { card: who.strangers_card, name: say("stranger"), note: say("stranger_note") };
  const phone = { card: "phone", name: say("phone"), note: say("phone_note") };
  const pupils = who.people.map((person) => ({
    card: person.card,
    name: person.surname,
    note: say("of_class", { name: person.name, school_class: person.school_class }),
  }));
  const all = [...pupils, stranger, phone];
  for (const person of who.people) names.set(person.card, `${person.name} ${person.surname}`);
  for (const { card: uid, name } of [stranger, phone]) names.set(uid, name);
  list.replaceChildren(...all.map((person) => make("li", {}, card(person))));
}

export function nameOf(uid) {
  return PHONE_UID.test(uid) ? say("phone") : names.get(uid) ?? uid;
}

export function firstCards(count) {
  return [...names.keys()].slice(0, count);
}

export function isPhone(uid) {
  return uid === "phone" || PHONE_UID.test(uid);
}

export function showLaid(cards) {
  for (const it of list.querySelectorAll("[data-card]")) {
    const laid = it.dataset.card === "phone" ? cards.some(isPhone) : cards.includes(it.dataset.card);
    it.setAttribute("aria-pressed", String(laid));
  }
}

function card(person) {
  return make("button", { type: "button", class: "person", "data-card": person.card, "data-from": "people", "aria-pressed": "false" },
    make("b", { text: person.name }), make("span", { text: person.note }));
}
