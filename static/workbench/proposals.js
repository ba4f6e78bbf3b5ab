// The focused proposal: where it would stand, what it is about, and what would be written anew.

let focused = null; // the id of the proposal that keys go to

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
  const shown = find(`#trace .flaw.hot`) ?? find("#trace .cut.on");
  if (shown && !inSight(shown)) shown.scrollIntoView({ block: "center" });
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top > 60 && bottom < innerHeight - 20;
}

// The hint after the one that is being judged, or that one where the focus is elsewhere; round and round.
// False where none is open.
function nextHint() {
  const list = cards();
  if (!list.length) return false;
  const here = list.indexOf(card());
  focus(list[card()?.contains(document.activeElement) ? (here + 1) % list.length : Math.max(here, 0)]);
  return true;
}

const linked = (mark, id) => (mark.dataset.links ?? "").split(" ").includes(id);

// Show where the focused proposal would stand, and dim what would be written anew.
function showPlace() {
  for (const each of all("#trace .cut")) each.classList.remove("on");
  CSS.highlights?.clear();
  const select = card() && find("[name=cut]", card());
  const mark = find(`#trace .cut[data-place="${focused}"]`);
  if (!mark || !card()) return; // a hint that was just judged may have its place for a moment more
  if (select?.value) put(mark, select.value);
  mark.classList.add("on");
  const words = find("details[open] textarea[name=words]", card())?.value ?? find("blockquote", card()).textContent;
  find(".ghost", mark).textContent = words.trim();
  mark.closest("details")?.setAttribute("open", "");
  if (!window.Highlight) return;
  const rest = document.createRange();
  rest.setStartAfter(mark);
  rest.setEndAfter(find("#trace .path").lastElementChild);
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
  if (!body) return find("#trace .path > .rule").before(mark);
  if (body.dataset.kind !== "thought" || offset <= Number(body.dataset.offset)) {
    return body.closest(".step").before(mark);
  }
  const [node, at] = pointAt(body, offset);
  const whole = node.parentElement.closest(".tex, .syntax, code, a");
  if (whole) return whole.before(mark);
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
    select.add(new Option(select.dataset.clicked.replace("#", place.step + 1), value));
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
