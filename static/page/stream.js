// Marks on a page's stream what became of it: on a first visit the page's own script may come later than
// htmx, the extension for streams and their events; this one comes before the extension.

document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  if (source.id === "stream") source.dataset.began = "";
});
document.addEventListener("htmx:sse:after:connection", (event) => { event.target.dataset.listening = ""; });
