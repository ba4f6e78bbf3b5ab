// Once the session has ended, the page says so and keeps what is on it: it asks for nothing by itself any more,
// which would tell the same again and again.

document.addEventListener("htmx:before:request", (event) => {
  const byItself = event.detail.ctx.request.method === "GET";
  if (byItself && document.querySelector("[data-session-ended]")) event.preventDefault();
});
