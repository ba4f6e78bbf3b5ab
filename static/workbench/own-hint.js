// A hint of one's own: the selected text goes into its form, and a key chooses its flaw.

// Open the form on the selection, with the project's flaw `number` from 1; 0 leaves it to be chosen.
function ownHint(number) {
  const details = find("#own");
  if (!details) return false;
  const quoted = quoteSelection();
  if (number) setFlaw(number);
  open(details, !quoted ? "[name=quote]" : number ? "[name=words]" : "[name=flaw]");
  return true;
}

function quoteSelection() {
  const form = find(".own form");
  const chosen = selection();
  if (!chosen) return false;
  form.elements.step.value = String(chosen.step + 1);
  form.elements.quote.value = chosen.text;
  form.elements.start.value = String(chosen.offset);
  form.elements.end.value = String(chosen.end);
  return true;
}

function setFlaw(number) {
  find(".own [name=flaw]").selectedIndex = number - 1;
}

// In the list of flaws their keys choose one, and the words come next; says whether a key did.
function chooseFlaw(key) {
  const deed = find(`#keys [data-deed^="flaw"][data-key="${CSS.escape(key.toLowerCase())}"]`)?.dataset.deed;
  if (!deed) return false;
  setFlaw(Number(deed.slice(4)));
  find(".own [name=words]").focus();
  return true;
}
