// Keys: each presses the control that carries it; all are off while typing.

const moves = { j: () => step(1), k: () => step(-1), m: startMoving, "?": () => find("#keys")?.showModal() };

// Do what a key stands for, on the focused proposal before the page; says whether it stands for something.
function press(key) {
  if (moves[key]) {
    moves[key]();
    return true;
  }
  if (key === "h") quoteSelection();
  const keyed = all(`[data-key="${CSS.escape(key)}"]`);
  const target = keyed.find((each) => each.closest(".card") === card()) ?? keyed.find((each) => !each.closest(".card[data-proposal]:not(.own)"));
  if (!target) return false;
  if (target.localName === "summary") open(target.parentElement, key === "h" ? "[name=words]" : "textarea, input:not([type=hidden])");
  else target.click();
  return true;
}

function open(details, field) {
  details.open = true;
  const input = find(field, details);
  input?.focus();
  if (input?.localName === "textarea") input.setSelectionRange(input.value.length, input.value.length);
  details.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = all("[data-row]");
  if (rows.length) {
    const next = rows[Math.min(Math.max(rows.findIndex((row) => row.matches(".focus")) + by, 0), rows.length - 1)];
    for (const row of rows) row.classList.toggle("focus", row === next);
    find("a", next).focus();
    return;
  }
  const list = cards();
  const at = list.findIndex((each) => each.dataset.proposal === focused);
  focus(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    document.body.classList.remove("moving");
    if (!typing) document.activeElement?.blur();
    if (typing) {
      const details = typing.closest("details");
      (details && find("summary", details))?.focus();
      if (details) details.open = false;
    }
  } else if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    find("button", typing.closest("details, form"))?.click();
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !find("dialog[open]")) {
    if (press(event.key.toLowerCase())) event.preventDefault();
  }
});
