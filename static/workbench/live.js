// Live text, and what is to be done after a region was swapped.

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

// htmx opens a stream again that ended, but not one that never began: the studio was just starting, or
// htmx looked at the page before its extension had come, as on a first visit.
// `page/stream.js` marks which it was: two streams would show each text twice.
function listen(stream) {
  if (stream) htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream });
}
document.addEventListener("htmx:finally:request", (event) => {
  const stream = event.detail.ctx.sourceElement;
  if (stream.id !== "stream" || "listening" in stream.dataset) return;
  setTimeout(() => listen(stream), 2000);
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
  if (find("#trace")) typesetNear(find("#trace"));
  letScroll();
  showWindow();
  threadFlaws();
  const list = cards();
  if (list.length) focus(card() ?? list[0], { scroll: false });
  else showPlace();
}

document.addEventListener("DOMContentLoaded", () => {
  // A form that somebody has open stays open when its region is fetched again.
  if (window.htmx) htmx.config.morphIgnore.push("open");
  // htmx looks at the page in a task of its own, which has begun by then what it will begin.
  if (window.htmx) setTimeout(() => "began" in (find("#stream")?.dataset ?? {}) || listen(find("#stream")), 500);
  refresh();
});
