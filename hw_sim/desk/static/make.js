// Elements in one line: make("p", { class: "quiet", text: "…" }, child, child).

export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  dress(element, properties);
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function draw(name, properties = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  dress(element, properties);
  element.append(...children);
  return element;
}

function dress(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (key === "text") element.textContent = value;
    else if (key === "onclick") element.addEventListener("click", value);
    else if (typeof value === "boolean" && !key.startsWith("aria-")) element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
}

// Write only what is new: a live region speaks again whatever is written into it again.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Make the children of `parent` those of `keys`, in order, keeping the elements that stay.
export function keep(parent, keys, key, create) {
  const known = new Map([...parent.children].map((child) => [child.dataset[key], child]));
  const wanted = keys.map((it) => known.get(it) ?? create(it));
  for (const [name, child] of known) if (!keys.includes(name)) child.remove();
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  return wanted;
}
