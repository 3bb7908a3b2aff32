// Follows the log and asks the server for the new lines as it would have drawn them itself.
"use strict";

const MOST_LINES = 100;
const SETTLE_MS = 120;
const LOOK_AGAIN_MS = 30000; // a device that falls silent makes no event
const page = document.body.dataset;
const lines = document.getElementById("lines");
const link = document.getElementById("link");
let after = Number(page.after);
let waiting = null;

async function fetchHtml(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

async function showNow() {
  document.getElementById("now").innerHTML = await fetchHtml(`/live/now?lang=${page.language}`);
}

async function showNew(upTo) {
  if (upTo - after > MOST_LINES) return location.reload();
  const rows = document.createElement("template");
  rows.innerHTML = await fetchHtml(`/live/rows?after=${after}&up_to=${upTo}&lang=${page.language}`);
  after = upTo;
  for (const row of rows.content.querySelectorAll("li")) row.classList.add("new");
  lines.prepend(rows.content);
  while (lines.children.length > MOST_LINES) lines.lastElementChild.remove();
  document.getElementById("nothing").hidden = lines.children.length > 0;
  await showNow();
}

function linkIs(up) {
  link.textContent = `· ${up ? page.connected : page.disconnected}`;
  link.classList.toggle("lost", !up);
}

const source = new EventSource(`/api/v1/events?after=${after}`);
source.onopen = () => linkIs(true);
source.onerror = () => linkIs(false);
let newest = after;
source.onmessage = (message) => {
  newest = Math.max(newest, Number(message.lastEventId));
  waiting ??= setTimeout(async () => {
    waiting = null;
    if (newest > after) await showNew(newest).catch(() => linkIs(false));
  }, SETTLE_MS);
};
setInterval(() => showNow().catch(() => linkIs(false)), LOOK_AGAIN_MS);
