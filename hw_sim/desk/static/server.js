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

const of = (name) => encodeURIComponent(name);

export const server = {
  books: () => send("GET", "/desk/books"),
  people: () => send("GET", "/desk/people"),
  move: (uids, to) => send("POST", "/desk/move", { uids, to }),
  walk: (gate, order) => send("POST", `/desk/gates/${of(gate)}/walk`, order),
  layCard: (reader, uid) => send("POST", `/card-readers/${of(reader)}/present`, { uid }),
  takeCard: (reader, uid) => send("POST", `/card-readers/${of(reader)}/remove`, { uid }),
  phone: (reader) => send("POST", `/desk/card-readers/${of(reader)}/phone`),
  plug: (device, isIn) => send("POST", `/devices/${of(device)}/${isIn ? "replug" : "unplug"}`),
  fault: (device, kind, count) => send("POST", `/devices/${of(device)}/faults`, { kind, count }),
  block: (gate, beam, blocked) => send("POST", `/gates/${of(gate)}/beams`, { beam, blocked }),
  metal: (pad, on) => send("POST", `/desk/pads/${of(pad)}/metal`, { on }),
  snatch: (pad, on) => send("POST", `/desk/pads/${of(pad)}/snatch`, { on }),
  fill: () => send("POST", "/desk/shelves", {}),
};

export function watch(show, linkIs) {
  const source = new EventSource("/desk/now");
  source.onopen = () => linkIs(true);
  source.onerror = () => linkIs(false);
  source.onmessage = (message) => show(JSON.parse(message.data));
}
