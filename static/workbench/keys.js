// Keys: each presses the control that carries it; all are off while typing. Which key means what is the
// person's own: the page says it, in `data-key`. What has no control stands in the list of keys.

const moves = {
  forward: () => step(1),
  back: () => step(-1),
  following: () => nextHint(),
  move: () => startMoving(),
  help: () => find("#keys").showModal(),
};
const repeats = new Set(["forward", "back"]); // what a key that is held down does again

// Do what a key stands for, on the focused proposal before the page; says whether it stands for something.
function press(key, repeated) {
  const deed = find(`#keys [data-key="${CSS.escape(key)}"]`)?.dataset.deed;
  const target = control(key);
  if (!deed && !target) return false;
  if (repeated && !repeats.has(deed)) return true;
  if (moves[deed] && moves[deed]() !== false) return true;
  if (deed?.startsWith("flaw")) return ownHint(Number(deed.slice(4)));
  if (deed === "hint") return ownHint(0);
  if (!target) return false;
  if (target.localName === "summary") open(target.parentElement);
  else if (target.disabled) refuse(target);
  else target.click();
  return true;
}

// What is hidden has no key.
function control(key) {
  const usable = (each) => !each.closest("dialog") && each.checkVisibility();
  const keyed = all(`[data-key="${CSS.escape(key)}"]`).filter(usable);
  return keyed.find((each) => each.closest(".card") === card()) ?? keyed.find((each) => !each.closest(".card[data-proposal]:not(.own)"));
}

// Say why a control can't be used, in the words that stand beside it.
function refuse(target) {
  const why = document.getElementById(target.getAttribute("aria-describedby"));
  if (why) say(why.textContent);
}

function say(words) {
  const line = document.createElement("p");
  line.className = "problem";
  line.textContent = words;
  find("#message").replaceChildren(line);
}

function open(details, field = "textarea, input:not([type=hidden])") {
  details.open = true;
  const input = find(field, details);
  input?.focus();
  if (input?.localName === "textarea") input.setSelectionRange(input.value.length, input.value.length);
  details.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const list = cards();
  const at = list.findIndex((each) => each.dataset.proposal === focused);
  focus(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
}

function leave(typing) {
  const details = typing.closest("details");
  (details && find("summary", details))?.focus();
  if (details) details.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const alone = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") {
    document.body.classList.remove("moving");
    if (typing) leave(typing);
    else document.activeElement?.blur();
  } else if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (!event.repeat) find("button:not([type=button])", typing.closest("details, form"))?.click();
  } else if (typing?.matches(".own [name=flaw]") && alone && chooseFlaw(event.key)) {
    event.preventDefault();
  } else if (!typing && (alone || event.getModifierState("AltGraph")) && !find("dialog[open]")) {
    if (press(event.key.toLowerCase(), event.repeat)) event.preventDefault();
  }
});
