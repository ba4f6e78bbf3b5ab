// A hint of one's own: the selected text goes into its form.

function quoteSelection() {
  const form = find(".own form");
  const chosen = form && selection();
  if (!chosen) return;
  form.elements.step.value = String(chosen.step + 1);
  form.elements.quote.value = chosen.text;
  form.elements.start.value = String(chosen.offset);
  form.elements.end.value = String(chosen.end);
}
