// Follows the log; at each news it asks the server for the lines as the server would draw them.
"use strict";

const SETTLE_MS = 120;
const LOOK_AGAIN_MS = 30000; // a device that falls silent makes no event
const page = document.body.dataset;
const lines = document.getElementById("lines");
const link = document.getElementById("link");
let waiting = null;

async function fetchHtml(address) {
  const answer = await fetch(`${address}?lang=${page.language}`);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

async function showNow() {
  document.getElementById("now").innerHTML = await fetchHtml("/live/now");
}

async function showLines() {
  const known = Number(lines.firstElementChild?.dataset.seq ?? 0);
  lines.innerHTML = await fetchHtml("/live/rows");
  for (const row of lines.children) row.classList.toggle("new", Number(row.dataset.seq) > known);
  document.getElementById("nothing").hidden = lines.children.length > 0;
}

function linkIs(up) {
  link.textContent = `· ${up ? page.connected : page.disconnected}`;
  link.classList.toggle("lost", !up);
}

function show(...parts) {
  Promise.all(parts.map((part) => part())).catch(() => linkIs(false));
}

const source = new EventSource(`/api/v1/events?after=${page.after}`);
source.onopen = () => linkIs(true);
source.onerror = () => linkIs(false);
source.onmessage = () => {
  waiting ??= setTimeout(() => {
    waiting = null;
    show(showLines, showNow);
  }, SETTLE_MS);
};
setInterval(() => show(showNow), LOOK_AGAIN_MS);
