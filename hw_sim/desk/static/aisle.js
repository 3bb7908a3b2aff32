// The gate from above: library on the left, exit on the right; people where the world says they are.
import { draw, keep, make, write } from "./make.js";
import { showStatus, status } from "./status.js";
import { say } from "./words.js";

const PX_PER_M = 150;
const MIDDLE = 200;
const BEAM_M = { inner: -0.3, outer: 0.3 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function gatePanel(gate, carry) {
  const panel = make("section", { class: "panel gate", "data-gate": gate.name, "aria-label": say("gate") },
    make("div", { class: "head" }, make("h2", { text: say("gate") }), status(gate.name), lights()),
    aisle(),
  );
  panel.append(controls(gate.name, carry));
  return panel;
}

function lights() {
  return make("p", { class: "lights" }, light("lamp", "◆"), light("sounder", "♪"));
}

function light(name, sign) {
  return make("span", { class: "light", "data-light": name },
    make("span", { class: "sign", "aria-hidden": "true", text: sign }), " ", make("span", { class: "word" }));
}

function aisle() {
  const svg = draw("svg", { viewBox: "0 0 400 104", class: "aisle", role: "img", "aria-label": say("nobody") });
  svg.append(
    draw("rect", { class: "floor", x: 0, y: 0, width: 400, height: 104, rx: 8 }),
    draw("rect", { class: "field", x: MIDDLE - 60, y: 16, width: 120, height: 72, rx: 12 }),
    text(12, say("library_side"), "start"), text(388, say("street_side"), "end"),
    draw("rect", { class: "antenna", x: MIDDLE - 60, y: 6, width: 120, height: 10, rx: 4 }),
    draw("rect", { class: "antenna", x: MIDDLE - 60, y: 88, width: 120, height: 10, rx: 4 }),
    ...Object.entries(BEAM_M).map(([name, at]) => {
      const x = MIDDLE + at * PX_PER_M;
      return draw("line", { class: "beam", "data-beam": name, x1: x, x2: x, y1: 16, y2: 88 });
    }),
    draw("g", { class: "walkers" }),
  );
  return svg;
}

function text(x, words, anchor) {
  const it = draw("text", { x, y: 95, "text-anchor": anchor });
  it.textContent = words;
  return it;
}

function controls(gate, carry) {
  const speed = (value, word, checked) => make("label", {},
    make("input", { type: "radio", name: `pace-${gate}`, value, checked }), make("span", { text: say(word) }));
  const box = (name, word) => make("label", {},
    make("input", { type: "checkbox", name }), make("span", { text: say(word) }));
  const form = make("form", { class: "walk" },
    make("button", { class: "primary", "data-go": gate, text: say("go_out") }),
    make("fieldset", {}, make("legend", { class: "unseen", text: say("pace") }),
      speed("1.2", "walk", true), speed("3", "run", false)),
    box("back", "turn_back"), box("hug", "hug"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.querySelector("[data-go]").ariaDisabled === "true") return;
    const { elements } = form;
    carry(gate, {
      speed_m_s: Number(elements[`pace-${gate}`].value),
      turns_back: elements.back.checked,
      shielding: elements.hug.checked ? 1 : 0,
    });
  });
  return form;
}

// `clock` gives the world's time now.
export function showGate(panel, gate, bag, clock) {
  showStatus(panel.querySelector(".status"), gate);
  for (const name of ["lamp", "sounder"]) showLight(panel, name, gate[name]);
  for (const [name, broken] of Object.entries(gate.beams)) {
    panel.querySelector(`[data-beam="${name}"]`).classList.toggle("broken", broken);
  }
  panel.classList.toggle("alarm", gate.lamp || gate.sounder);
  const go = panel.querySelector("[data-go]");
  write(go, say(bag.where === "outside" ? "go_in" : "go_out"));
  go.ariaDisabled = String(bag.where === "walking"); // `disabled` would take the focus away
  const words = gate.walkers.map((walker) => say(`walker_${walker.direction}`, { count: walker.books }));
  panel.querySelector(".aisle").setAttribute("aria-label", words.join("; ") || say("nobody"));
  animate(panel, gate, clock);
}

function showLight(panel, name, on) {
  const it = panel.querySelector(`[data-light="${name}"]`);
  const state = on ? "on" : "off";
  if (it.dataset.state === state) return;
  it.dataset.state = state;
  it.querySelector(".word").textContent = say(`${name}_${state}`);
}

function animate(panel, gate, clock) {
  const group = panel.querySelector(".walkers");
  panel.gate = gate;
  if (panel.isMoving) return;
  const step = () => {
    const now = clock();
    const walking = panel.gate.walkers.filter((walker) => now < walker.ends_at);
    const ids = walking.map((walker) => String(walker.walk_id));
    const figures = keep(group, ids, "walk", (id) => figure(walking.find((it) => String(it.walk_id) === id)));
    figures.forEach((it, index) => {
      const x = MIDDLE + position(walking[index], now, panel.gate.start_m) * PX_PER_M;
      it.setAttribute("transform", `translate(${x.toFixed(1)} 52)`);
    });
    panel.isMoving = walking.length > 0;
    if (panel.isMoving) requestAnimationFrame(step);
  };
  panel.isMoving = true;
  step();
}

function figure(walker) {
  const count = draw("text", { class: "count", "text-anchor": "middle", x: 0, y: 5 });
  count.textContent = String(walker.books);
  return draw("g", { class: `walker ${walker.direction}`, "data-walk": walker.walk_id },
    draw("ellipse", { class: "body", rx: 20, ry: 26 }), draw("circle", { class: "head", r: 14 }), count);
}

// Metres from the middle, the exit's side positive, as hw_sim/aisle.py walks.
function position(walker, now, startM) {
  const sign = walker.direction === "out" ? 1 : -1;
  const share = Math.min(Math.max((now - walker.started_at) / (walker.ends_at - walker.started_at), 0), 1);
  const at = calm.matches ? Math.round(share * 2) / 2 : share; // three still pictures instead of motion
  if (walker.turns_back) return sign * (-startM + 2 * startM * Math.min(at, 1 - at));
  return sign * (-startM + 2 * startM * at);
}
