// A device's state as a sign and a word; colour only repeats them.
import { make } from "./make.js";
import { say } from "./words.js";

export function status(name) {
  return make("p", { class: "status", "data-device": name });
}

export function showStatus(element, device) {
  const state = !device.plugged ? "unplugged" : device.asked ? "asked" : "not_asked";
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  const sign = { unplugged: "○", asked: "●", not_asked: "◌" }[state];
  element.replaceChildren(make("span", { class: "sign", "aria-hidden": "true", text: sign }), ` ${say(state)}`);
}
