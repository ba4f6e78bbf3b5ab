// The workbench and the queue with JavaScript: keys, places, formulas, live text.
// Everything here only helps: forms and links do the same without it. Text from models is set as
// text, but for formulas, which KaTeX escapes. Offsets count code points, as the server does; the
// browser counts UTF-16 units.
"use strict";

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const points = (text) => [...text].length;
let focused = null; // the id of the proposal that keys go to

// --- formulas -------------------------------------------------------------------------------

const SAFE = { output: "mathml", throwOnError: true, strict: "ignore", trust: false, maxExpand: 300, maxSize: 3 };
const KATEX = { inline: SAFE, display: { ...SAFE, displayMode: true } };

function typeset(root) {
  if (!window.katex) return;
  for (const span of all(".tex:not(:has(.raw))", root)) {
    const text = span.textContent;
    const display = /^(\\\[|\$\$)/.test(text);
    const inner = text.startsWith("\\boxed") ? text : display || text.startsWith("\\(") ? text.slice(2, -2) : text.slice(1, -1);
    const shown = document.createElement("span");
    shown.dataset.aside = "";
    try {
      // KaTeX escapes what it is given. Its inline styles would break the page's policy: they go.
      const html = katex.renderToString(inner, KATEX[display ? "display" : "inline"]);
      shown.innerHTML = html.replace(/ style="[^"]*"/g, "");
    } catch {
      continue; // it stays as it was written
    }
    const raw = document.createElement("span");
    raw.className = "raw";
    raw.append(...span.childNodes);
    span.append(raw, shown);
    span.classList.toggle("display", display);
  }
}

// --- places in the text ---------------------------------------------------------------------

// The text nodes of a step that are its text: not places, not typeset formulas.
function textNodes(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_ALL, {
    acceptNode: (node) => node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT
      : node.dataset && "aside" in node.dataset ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP,
  });
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

// A point of the page as a step and an offset of its text, or null outside any.
function locate(node, at) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const body = element?.closest("[data-step]");
  if (!body) return null;
  const point = document.createRange();
  point.setStart(node, at);
  let offset = Number(body.dataset.offset);
  for (const text of textNodes(body)) {
    if (text === node) {
      offset += points(text.data.slice(0, at));
      break;
    }
    if (point.comparePoint(text, text.length) > 0) break;
    offset += points(text.data);
  }
  return { step: Number(body.dataset.step), offset, kind: body.dataset.kind, body };
}

// The node and UTF-16 offset of a place in a step.
function pointAt(body, offset) {
  let left = offset - Number(body.dataset.offset);
  for (const text of textNodes(body)) {
    const size = points(text.data);
    if (left <= size) return [text, [...text.data].slice(0, Math.max(left, 0)).join("").length];
    left -= size;
  }
  return [body, body.childNodes.length];
}

function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const start = locate(range.startContainer, range.startOffset);
  const end = locate(range.endContainer, range.endOffset);
  if (!start || !end || start.step !== end.step || start.offset >= end.offset) return null;
  return { ...start, end: end.offset, text: chosen.toString() };
}

// --- the focused proposal -------------------------------------------------------------------

const cards = () => all("#review .card[data-proposal]:not(.own)");
const card = () => find(`#review .card[data-proposal="${focused}"]`);

function focus(next, { scroll = true } = {}) {
  if (!next) return;
  focused = next.dataset.proposal;
  for (const each of all("#review .card.focus")) each.classList.remove("focus");
  next.classList.add("focus");
  for (const mark of all("#trace .flaw")) mark.classList.toggle("hot", linked(mark, focused));
  showPlace();
  if (!scroll) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  const shown = find(`#trace .flaw.hot`) ?? find("#trace .cut:not([hidden])");
  shown?.scrollIntoView({ block: "center" });
}

const linked = (mark, id) => (mark.dataset.links ?? "").split(" ").includes(id);

// Show where the focused proposal would stand, and dim what would be written anew.
function showPlace() {
  for (const each of all("#trace .cut")) each.hidden = true;
  CSS.highlights?.clear();
  const select = card() && find("[name=cut]", card());
  const mark = find(`#trace .cut[data-place="${focused}"]`);
  if (!mark) return;
  if (select?.value) put(mark, select.value);
  mark.hidden = false;
  if (!window.Highlight) return;
  const rest = document.createRange();
  rest.setStartAfter(mark);
  rest.setEndAfter(find("#trace").lastElementChild);
  CSS.highlights.set("after", new Highlight(rest));
  // The words that the hint is about stay readable.
  const about = all("#trace .flaw.hot:not(.whole)").map(rangeOf);
  const evidence = new Highlight(...about);
  evidence.priority = 1;
  CSS.highlights.set("evidence", evidence);
}

function rangeOf(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}

function put(mark, place) {
  const [step, offset] = place.split(":").map(Number);
  const body = find(`#trace [data-step="${step}"]`);
  if (!body) return find("#trace > .rule").before(mark);
  if (body.dataset.kind !== "thought" || offset <= Number(body.dataset.offset)) {
    return body.closest(".step").before(mark);
  }
  const [node, at] = pointAt(body, offset);
  const formula = node.parentElement.closest(".tex");
  if (formula) return formula.before(mark);
  const range = document.createRange();
  range.setStart(node, at);
  range.insertNode(mark);
}

// Move the focused proposal to a click: to the start of the word, or behind a program and its output.
function move(event) {
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const place = caret && locate(caret.offsetNode, caret.offset);
  if (!place || !card()) return;
  event.preventDefault();
  document.body.classList.remove("moving");
  const select = find("[name=cut]", card());
  const value = place.kind === "thought" ? wordStart(place) : stepEnd(place);
  if (!all("option", select).some((option) => option.value === value)) {
    select.add(new Option(`where you clicked, in step ${place.step + 1}`, value));
  }
  select.value = value;
  showPlace();
}

function wordStart({ body, step, offset }) {
  const first = Number(body.dataset.offset);
  const text = textNodes(body).map((node) => node.data).join("");
  const before = [...text].slice(0, offset - first).join("");
  return `${step}:${first + points(before.replace(/\S+$/, ""))}`;
}

function stepEnd({ body, step, kind }) {
  if (kind === "answer" || kind === "hint") return `${step}:0`;
  const bodies = all("#trace [data-step]");
  const next = bodies.slice(bodies.indexOf(body)).find((each) => !["code", "output"].includes(each.dataset.kind));
  return `${next ? next.dataset.step : Number(bodies.at(-1).dataset.step) + 1}:0`;
}

function startMoving() {
  if (card()) document.body.classList.toggle("moving");
}

// --- a hint of one's own --------------------------------------------------------------------

function quoteSelection() {
  const form = find(".own form");
  const chosen = form && selection();
  if (!chosen) return;
  form.elements.step.value = String(chosen.step + 1);
  form.elements.quote.value = chosen.text;
  form.elements.start.value = String(chosen.offset);
  form.elements.end.value = String(chosen.end);
}

// --- keys -----------------------------------------------------------------------------------

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

// --- the mouse ------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) return find("#keys").showModal();
  if (document.body.matches(".moving") && event.target.closest("#trace")) return move(event);
  const quote = event.target.closest("[data-quote]");
  if (quote) {
    event.preventDefault();
    return focus(quote.closest(".card"));
  }
  const flaw = event.target.closest("#trace .flaw");
  if (flaw && getSelection().isCollapsed) focus(find(`#proposal-${flaw.dataset.links.split(" ")[0]}`));
  const chosen = event.target.closest("#review .card:not(.own)");
  if (chosen && chosen.dataset.proposal !== focused) focus(chosen, { scroll: false });
  return undefined;
});

document.addEventListener("mouseover", (event) => {
  const over = event.target.closest?.(".flaw, .card[data-proposal]");
  const ids = over ? (over.dataset.links ?? over.dataset.proposal).split(" ") : [focused];
  for (const mark of all("#trace .flaw")) mark.classList.toggle("hot", ids.some((id) => linked(mark, id)));
  const number = event.target.closest?.("#context .num[data-links]");
  const values = number ? number.dataset.links.split(" ") : [];
  for (const mark of all("#context .num")) mark.classList.toggle("hot", values.some((id) => linked(mark, id)));
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.target.name === "cut") showPlace();
  if (event.target.name === "quote" || (event.target.name === "step" && form?.elements.start)) {
    form.elements.start.value = form.elements.end.value = "";
  }
  if (event.target.closest("[data-autosubmit]")) form.requestSubmit();
});

// --- live text and swapped regions ----------------------------------------------------------

document.addEventListener("live", (event) => {
  const live = find("#live");
  const { branch, text } = JSON.parse(event.detail.data);
  if (!live || live.dataset.branch !== String(branch)) return;
  const follows = innerHeight + scrollY > document.documentElement.scrollHeight - innerHeight * 0.6;
  live.append(text);
  if (follows && find("#live").getBoundingClientRect().bottom > innerHeight) live.scrollIntoView({ block: "end" });
});

// What is shown live until now will be in the trace once it is fetched again.
document.addEventListener("trace", () => {
  for (const node of [...(find("#live")?.childNodes ?? [])]) node.committed = true;
});

// What was said before belongs to the deed before.
document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.request.method === "GET") return;
  find("#message")?.replaceChildren();
  find("body > .said")?.remove();
});

document.addEventListener("htmx:after:swap", () => {
  for (const node of [...(find("#live")?.childNodes ?? [])]) if (node.committed) node.remove();
  refresh();
});

function refresh() {
  if (find("#trace")) typeset(find("#trace"));
  const list = cards();
  if (list.length) focus(card() ?? list[0], { scroll: false });
  else showPlace();
}

document.addEventListener("DOMContentLoaded", () => {
  // A form that somebody has open stays open when its region is fetched again.
  if (window.htmx) htmx.config.morphIgnore.push("open");
  refresh();
});
