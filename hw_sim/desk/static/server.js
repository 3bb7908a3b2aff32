// Questions and orders to the simulator; a refusal is an error whose message is for people.
import { has, say } from "./words.js";

async function send(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await reason(answer));
  return answer.status === 204 ? null : answer.json();
}

async function reason(answer) {
  const told = await answer.json().catch(() => ({}));
  const why = typeof told.detail === "string" ? told.detail : `${answer.status}`;
  return has(why) ? say(why) : say("not_possible", { why });
}

// Orders reach the simulator in the order of the hands; two connections would race.
let before = Promise.resolve();
function inTurn(path, body) {
  const done = before.then(() => send("POST", path, body));
  before = done.catch(() => {});
  return done;
}

const of = (name) => encodeURIComponent(name);

export const server = {
  books: () => send("GET", "/desk/books"),
  people: () => send("GET", "/desk/people"),
  move: (uids, to) => inTurn("/desk/move", { uids, to }),
  walk: (gate, order) => inTurn(`/desk/gates/${of(gate)}/walk`, order),
  layCard: (reader, uid) => inTurn(`/card-readers/${of(reader)}/present`, { uid }),
  takeCard: (reader, uid) => inTurn(`/card-readers/${of(reader)}/remove`, { uid }),
  phone: (reader) => inTurn(`/desk/card-readers/${of(reader)}/phone`),
  plug: (device, isIn) => inTurn(`/devices/${of(device)}/${isIn ? "replug" : "unplug"}`),
  fault: (device, kind, count) => inTurn(`/devices/${of(device)}/faults`, { kind, count }),
  block: (gate, beam, blocked) => inTurn(`/gates/${of(gate)}/beams`, { beam, blocked }),
  metal: (pad, on) => inTurn(`/desk/pads/${of(pad)}/metal`, { on }),
  snatch: (pad, on) => inTurn(`/desk/pads/${of(pad)}/snatch`, { on }),
  fill: () => inTurn("/desk/shelves", {}),
};

export function watch(show, linkIs) {
  const source = new EventSource("/desk/now");
  source.onopen = () => linkIs(true);
  source.onerror = () => linkIs(false);
  source.onmessage = (message) => show(JSON.parse(message.data));
}
