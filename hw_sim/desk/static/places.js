// Where books can lie: pads, with the card reader at the kiosk's, and the bag.
import { cover } from "./covers.js";
import { keep, make } from "./make.js";
import { showStatus, status } from "./status.js";
import { say } from "./words.js";

const SIGNS = { armed: "▲", disarmed: "✓", blank: "○" };

export function pile(place, kind) {
  return make("ul", {
    class: "pile", id: `place-${place}`, tabindex: "-1", "data-place": place, "aria-label": say(kind),
  });
}

// Show the books that lie there; `bookOf` knows their faces.
export function showPile(list, lying, place, bookOf) {
  const hadFocus = list.contains(document.activeElement);
  const byUid = new Map(lying.map((it) => [it.uid, it]));
  const uids = [...byUid.keys()].filter((uid) => bookOf(uid));
  const items = keep(list, uids, "key", (uid) => item(bookOf(uid), place));
  items.forEach((it) => showSecurity(it, byUid.get(it.dataset.key).security, bookOf(it.dataset.key)));
  list.classList.toggle("full", uids.length > 0);
  if (hadFocus && !list.contains(document.activeElement)) list.focus();
}

function item(book, place) {
  return make("li", { "data-key": book.uid }, cover(book, place), make("span", { class: "security" }));
}

function showSecurity(element, security, book) {
  const line = element.querySelector(".security");
  if (line.dataset.security === security) return;
  line.dataset.security = security;
  line.replaceChildren(make("span", { "aria-hidden": "true", text: SIGNS[security] }), ` ${say(security)}`);
  const words = [book.title, book.author, say(security)].filter(Boolean);
  element.querySelector(".cover").setAttribute("aria-label", words.join(", "));
}

export function padPanel(pad, acts) {
  const list = pile(pad.name, pad.kind);
  const all = make("div", { class: "acts" },
    make("button", { type: "button", class: "plain", text: say("all_to_bag"), onclick: () => acts.toBag(pad.name) }),
    make("button", { type: "button", class: "plain", text: say("clear_pad"), onclick: () => acts.clear(pad.name) }),
  );
  return make("section", { class: `panel pad ${pad.kind}`, "data-pad": pad.name, "aria-label": say(pad.kind) },
    make("div", { class: "head" }, make("h2", { text: say(pad.kind) }), status(pad.name), all),
    make("div", { class: "ground" }, list, make("p", { class: "invitation", text: say(`pad_empty_${pad.kind}`) })),
  );
}

export function showPad(panel, pad, bookOf) {
  showStatus(panel.querySelector(".status"), pad);
  showPile(panel.querySelector(".pile"), pad.books, pad.name, bookOf);
  const acts = panel.querySelector(".acts");
  const isIdle = pad.books.length === 0;
  if (isIdle && acts.contains(document.activeElement)) panel.querySelector(".pile").focus();
  acts.classList.toggle("idle", isIdle);
}

export function readerPanel(reader) {
  return make("div", { class: "reader", "data-reader": reader.name },
    make("div", { class: "slot", id: `place-${reader.name}`, "data-place": reader.name, tabindex: "-1" },
      make("ul", { class: "laid", "aria-label": say("reader") }),
      make("p", { class: "invitation", text: say("reader_empty") })),
    make("div", {}, make("h3", { text: say("reader") }), status(reader.name)),
  );
}

export function showReader(panel, reader, nameOf) {
  showStatus(panel.querySelector(".status"), reader);
  const list = panel.querySelector(".laid");
  const hadFocus = list.contains(document.activeElement);
  keep(list, reader.cards, "key", (uid) => {
    const name = nameOf(uid);
    return make("li", { "data-key": uid }, make("button", {
      type: "button", class: "ticket", "data-card": uid, "data-from": "reader", text: name,
      "aria-label": say("take_card", { name }),
    }));
  });
  list.classList.toggle("full", reader.cards.length > 0);
  if (hadFocus && !list.contains(document.activeElement)) panel.querySelector(".slot").focus();
}
