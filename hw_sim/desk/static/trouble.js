// The trouble corner: plugs, snatching, iron, two cards, beams and the wire.
import { make, write } from "./make.js";
import { say } from "./words.js";

const FAULTS = ["mute", "late", "flip", "cut", "noise", "drop", "double", "baud", "parity", "unplug"];
const SPOILED = 5;
const tricks = document.getElementById("tricks");

// `does` has a verb for each trick; called again when the devices change.
export function showTrouble(desk, does) {
  const names = [...desk.pads, ...desk.card_readers, ...desk.gates].map((it) => it.name).join(" ");
  if (tricks.dataset.for !== names) {
    tricks.dataset.for = names;
    tricks.replaceChildren(
      ...desk.pads.map((pad) => padTricks(pad, does)),
      ...desk.card_readers.map((reader) => readerTricks(reader, does)),
      ...desk.gates.map((gate) => gateTricks(gate, does)),
    );
  }
  for (const it of [...desk.pads, ...desk.card_readers, ...desk.gates]) showPlug(it);
  for (const pad of desk.pads) {
    press(`snatch-${pad.name}`, pad.snatch);
    press(`metal-${pad.name}`, pad.metal);
  }
  for (const gate of desk.gates) for (const beam of ["inner", "outer"]) press(`${beam}-${gate.name}`, gate.blocked[beam]);
  for (const it of [...desk.pads, ...desk.gates]) showFaults(it);
}

function group(title, ...content) {
  return make("fieldset", { class: "tricks" }, make("legend", { text: title }), ...content);
}

function padTricks(pad, does) {
  return group(say(pad.kind), plug(pad, does),
    toggle(`snatch-${pad.name}`, say("snatch"), (on) => does.snatch(pad.name, on)),
    toggle(`metal-${pad.name}`, say("metal"), (on) => does.metal(pad.name, on)),
    wire(pad, does));
}

function readerTricks(reader, does) {
  return group(say("reader"), plug(reader, does),
    make("button", { type: "button", id: `two-${reader.name}`, text: say("two_cards"), onclick: () => does.twoCards(reader.name) }));
}

function gateTricks(gate, does) {
  return group(say("gate"), plug(gate, does),
    ...["inner", "outer"].map((beam) => {
      return toggle(`${beam}-${gate.name}`, say(`beam_${beam}`), (on) => does.block(gate.name, beam, on));
    }),
    wire(gate, does));
}

function plug(device, does) {
  const id = `plug-${device.name}`;
  return make("button", { type: "button", id, onclick: () => does.plug(device.name, document.getElementById(id).dataset.out === "true") });
}

function showPlug(device) {
  const button = document.getElementById(`plug-${device.name}`);
  button.dataset.out = String(!device.plugged);
  write(button, say(device.plugged ? "unplug" : "replug"));
}

function toggle(id, label, act) {
  return make("button", {
    type: "button", id, text: label, "aria-pressed": "false",
    onclick: (event) => act(event.currentTarget.getAttribute("aria-pressed") !== "true"),
  });
}

function press(id, on) {
  document.getElementById(id).setAttribute("aria-pressed", String(on));
}

function wire(device, does) {
  const choice = make("select", { id: `fault-${device.name}` },
    ...FAULTS.map((fault) => make("option", { value: fault, text: say(`fault_${fault}`) })));
  return make("div", { class: "wire" },
    make("label", { for: choice.id, text: say("fault") }), choice,
    make("button", { type: "button", id: `do-fault-${device.name}`, text: say("do_fault"), onclick: () => does.fault(device.name, choice.value, SPOILED) }),
    make("span", { class: "quiet", id: `faults-${device.name}` }));
}

function showFaults(device) {
  const left = device.faults.length;
  write(document.getElementById(`faults-${device.name}`), left ? say("faults_left", { count: left }) : "");
}
