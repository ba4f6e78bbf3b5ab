// The mouse: what a click and a hover in the trace mean.

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) return find("#keys").showModal();
  const copy = event.target.closest("[data-copy]");
  if (copy) return copyCode(copy);
  if (document.body.matches(".moving") && event.target.closest("#trace")) return move(event);
  if (event.target.closest("[data-next]")) {
    event.preventDefault();
    return nextHint();
  }
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

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.target.name === "cut" || event.target.name === "words") showPlace();
  if (event.target.name === "quote" || (event.target.name === "step" && form?.elements.start)) {
    form.elements.start.value = form.elements.end.value = "";
  }
});

// The code alone: its line numbers are no text.
async function copyCode(button) {
  await navigator.clipboard.writeText(find(".source", button.closest(".step")).textContent);
  button.textContent = button.dataset.copied;
}
