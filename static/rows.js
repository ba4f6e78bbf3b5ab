// Pages of rows, the queue and two branches side by side, with JavaScript: keys that go through the
// rows, and forms that are sent once something is chosen. Forms and links do the same without it.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];
const rowInFocus = () => rows().find((row) => row.matches(":focus-within"));

// Go up or down from the row that has the focus; the link in it is what Enter then opens.
function step(by) {
  const list = rows();
  const row = list[Math.min(Math.max(list.indexOf(rowInFocus()) + by, 0), list.length - 1)];
  row?.querySelector("a").focus();
  row?.scrollIntoView({ block: "nearest" });
}

const deeds = {
  forward: () => step(1),
  back: () => step(-1),
  help: () => document.getElementById("keys").showModal(),
};

// Which key means what is the person's own: the list of keys says it. What has a control presses it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const keyed = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)];
  const listed = keyed.find((each) => each.dataset.deed);
  const control = keyed.find((each) => !each.dataset.deed);
  const deed = deeds[listed?.dataset.deed] ?? (control && (() => control.click()));
  if (!deed) return;
  event.preventDefault();
  deed();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
});
