// A card laid on a station's reader comes into the field of this page; asked for only while it is seen.
"use strict";
(() => {
  const LOOK_MS = 300;
  const KEPT = "polka-reader";
  const select = document.getElementById("reader");
  const said = document.getElementById("reader-said");
  if (!select || !said) return;

  const kept = localStorage.getItem(KEPT);
  const names = [...select.options].map((option) => option.value);
  if (names.includes(kept)) select.value = kept;
  select.addEventListener("change", () => {
    localStorage.setItem(KEPT, select.value);
    say("");
  });

  function say(state) {
    const text = said.dataset[state] || "";
    if (said.textContent !== text) said.textContent = text;
  }

  function fill(uid) {
    const card = document.getElementById("card");
    const text = document.getElementById("text");
    if (card && (!text || document.activeElement === card)) {
      card.value = uid;
      say("card");
    } else if (text) {
      text.value = uid;
      text.form.requestSubmit();
    }
  }

  async function look() {
    const form = new URLSearchParams({ form: select.dataset.form, station: select.value });
    const answer = await fetch("/console/reader", { method: "POST", body: form });
    if (!answer.ok) return say(answer.status === 401 ? "out" : "silent");
    const told = await answer.json();
    if (told.uid) return fill(told.uid);
    if (said.textContent !== said.dataset.card || told.state !== "listening") say(told.state);
  }

  async function run() {
    if (select.value && !document.hidden) await look().catch(() => say("silent"));
    setTimeout(run, LOOK_MS);
  }
  run();
})();
