// Keeps the focus near where it was when a region is fetched again: on the same control where there
// still is one, else on the nearest part that held it, so that the next Tab goes on from there.

let held = null; // how to find the focus again: the ids around it, and what the control was

const marks = (control) => [control.localName, control.name, control.textContent.trim()].join("\n");

document.addEventListener("htmx:before:swap", () => {
  const control = document.activeElement;
  // One answer swaps several regions: what the first of them took away is not forgotten by the next.
  if (!control || control === document.body) return;
  const ids = [];
  for (let at = control; at; at = at.parentElement) if (at.id) ids.push(at.id);
  held = { ids, marks: marks(control) };
});

document.addEventListener("htmx:after:swap", () => {
  const here = document.activeElement;
  if (here && here !== document.body) held = null;
  if (!held) return;
  const part = held.ids.map((id) => document.getElementById(id)).find((each) => each?.checkVisibility());
  if (!part) return;
  const same = [...part.querySelectorAll("button, input, select, textarea, summary, a")].find((each) => each.checkVisibility() && marks(each) === held.marks);
  if (!same) part.tabIndex = -1;
  (same ?? part).focus({ preventScroll: true });
});

// `/` goes to the search box from anywhere but where somebody types.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.select();
});
