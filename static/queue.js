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

// Choose the row that has the focus, or choose it no more.
function choose() {
  rows().find((row) => row.matches(":focus-within"))?.querySelector("[name=ids]")?.click();
}

// How many are chosen; the box above them says whether all of the page are.
function tell() {
  const boxes = [...document.querySelectorAll("[name=ids]")];
  const chosen = boxes.filter((box) => box.checked).length;
  for (const row of rows()) row.classList.toggle("chosen", row.querySelector("[name=ids]")?.checked ?? false);
  const said = document.querySelector("[data-chosen]");
  if (!said) return;
  said.textContent = chosen ? said.dataset.one.replace("#", chosen) : "";
  const every = document.querySelector("[data-all]");
  every.hidden = false;
  every.checked = chosen === boxes.length;
  every.indeterminate = chosen > 0 && chosen < boxes.length;
}

const deeds = {
  forward: () => step(1),
  back: () => step(-1),
  choose,
  following: () => document.querySelector("form [data-key]")?.click(),
  help: () => document.getElementById("keys").showModal(),
};

// Which key means what is the person's own: the list of keys says it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const listed = document.querySelector(`#keys [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!deeds[listed?.dataset.deed]) return;
  event.preventDefault();
  deeds[listed.dataset.deed]();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-all]")) {
    for (const box of document.querySelectorAll("[name=ids]")) box.checked = event.target.checked;
  }
  tell();
});

// A page that is gone back to has its boxes as they were left.
window.addEventListener("pageshow", tell);
