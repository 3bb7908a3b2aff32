// Short warm notes, off until somebody switches them on. All from one chord in A.
const NOTES_HZ = { put: [440], card: [554.4], alarm: [220, 220] };
const button = document.getElementById("sound");
let audio = null;

button.addEventListener("click", () => {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  if (on) audio ??= new AudioContext();
});

export function play(name) {
  if (audio === null || button.getAttribute("aria-pressed") !== "true") return;
  NOTES_HZ[name].forEach((hz, index) => note(hz, audio.currentTime + index * 0.22));
}

function note(hz, at) {
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.frequency.value = hz;
  loud.gain.setValueAtTime(0.0001, at);
  loud.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
  tone.connect(loud).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.22);
}
