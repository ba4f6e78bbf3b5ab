// The queue with JavaScript: keys for its rows, and filters that show at once. Forms and links do
// the same without it.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];

// Go up or down from the row that has the focus; the link in it is what Enter then opens.
function step(by) {
  const list = rows();
  const at = list.findIndex((row) => row.matches(":focus-within"));
  list[Math.min(Math.max(at + by, 0), list.length - 1)]?.querySelector("a").focus();
}

const deeds = {
  j: () => step(1),
  k: () => step(-1),
  n: () => document.querySelector("[data-key=n]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  const deed = deeds[event.key.toLowerCase()];
  if (!deed || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  deed();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
});
