// What is tried from a step: which step its keys are for, the cell that opens there, and its Tab.

let here = null; // the step whose deeds have the keys: the one in focus, else the one pointed at

// The deeds of one step carry the keys at a time, so that a key is never about another one.
function giveKeys(step) {
  if (!step || step === here) return;
  here = step;
  for (const each of all("#trace [data-step-key]")) {
    if (each.closest(".step") === step) each.dataset.key = each.dataset.stepKey;
    else delete each.dataset.key;
  }
}

for (const happens of ["focusin", "mouseover"]) {
  document.addEventListener(happens, (event) => {
    const step = event.target.closest?.("#trace .step");
    if (step && (happens === "focusin" || !here?.contains(document.activeElement))) giveKeys(step);
  });
}

// Where nobody pointed yet, the first step in sight.
function stepInSight() {
  return all("#trace .step").find((each) => each.getBoundingClientRect().bottom > 80);
}

document.addEventListener("keydown", (event) => {
  if (!here?.isConnected && !event.target.closest?.("input, textarea, select")) {
    here = null;
    giveKeys(stepInSight());
  }
}, true);

document.addEventListener("htmx:after:swap", () => {
  const step = here?.isConnected ? here : null;
  here = null;
  giveKeys(step);
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (!close) return;
  const place = document.getElementById(close.dataset.close);
  place.replaceChildren();
  find(".deeds a", place.closest(".step") ?? place)?.focus();
});

// Tab indents in a cell, until Esc has said that the next one leaves.
let leaving = false;
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-code]");
  if (!cell) return;
  if (event.key === "Escape") leaving = true;
  else if (event.key === "Tab" && !event.shiftKey && !leaving) {
    event.preventDefault();
    document.execCommand("insertText", false, "    "); // the browser's own undo knows it
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
    event.preventDefault();
    document.execCommand("insertText", false, `\n${indentation(cell)}`);
  } else if (event.key !== "Shift") leaving = false;
}, true);

// As the line that Enter is pressed in, and one more behind a colon.
function indentation(cell) {
  const line = cell.value.slice(0, cell.selectionStart).split("\n").at(-1);
  return /^\s*/.exec(line)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
}
