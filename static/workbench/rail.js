// The rail: where one is in the trace, what has been read, and steps by key.

const sheet = new CSSStyleSheet(); // where the window is: no element has a style of its own
let furthest = 0; // how many steps of this page were in sight

function windowRule() {
  if (!sheet.cssRules.length) {
    sheet.insertRule(".rail .window {}");
    document.adoptedStyleSheets.push(sheet);
  }
  return sheet.cssRules[0];
}

// Each step of the trace with its item of the rail, in order; outputs go with their code.
function rows() {
  const items = new Map(all(".rail li").map((item) => [find("a", item).hash, item]));
  return all("#trace .path > .step[id]").map((step) => ({ step, item: items.get(`#${step.id}`) })).filter((row) => row.item);
}

// How far down the rail a height of the window is: between the tops of two steps as between their items.
function along(list, y) {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (list[middle].step.getBoundingClientRect().top <= y) low = middle;
    else high = middle - 1;
  }
  const { top, bottom } = list[low].step.getBoundingClientRect();
  const begins = list[low].item.offsetTop;
  const ends = list[low + 1]?.item.offsetTop ?? find(".rail ol").clientHeight;
  const part = Math.min(Math.max((y - top) / Math.max(bottom - top, 1), 0), 1);
  return { at: low, place: begins + part * (ends - begins) };
}

function showWindow() {
  const list = rows();
  const shown = find(".rail .window");
  if (!list.length || !shown) return;
  const header = find(".rail").getBoundingClientRect().top;
  const from = along(list, header);
  const to = along(list, innerHeight);
  const steps = all(".rail li");
  furthest = Math.max(furthest, steps.indexOf(list[to.at].item) + 1);
  find("#read").textContent = String(furthest);
  const offset = find(".rail ol").offsetTop;
  const { style } = windowRule();
  style.top = `${offset + from.place}px`;
  style.height = `${Math.max(to.place - from.place, 6)}px`;
  shown.hidden = false;
  rove(steps, list[from.at].item);
}

// One stop for the Tab key, at the step that is read; arrows go on from there.
function rove(items, here) {
  const focusedItem = items.find((item) => item.contains(document.activeElement));
  for (const item of items) find("a", item).tabIndex = item === (focusedItem ?? here) ? 0 : -1;
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.(".rail li");
  const next = item && { ArrowDown: item.nextElementSibling, ArrowUp: item.previousElementSibling, Home: item.parentElement.firstElementChild, End: item.parentElement.lastElementChild }[event.key];
  if (!next) return;
  event.preventDefault();
  find("a", next).tabIndex = 0;
  find("a", next).focus();
  item.querySelector("a").tabIndex = -1;
});

let drawn = 0;
function redraw() {
  drawn ||= requestAnimationFrame(() => { drawn = 0; showWindow(); });
}
document.addEventListener("scroll", redraw, { passive: true });
window.addEventListener("resize", redraw);
document.fonts.ready.then(redraw);
