// Threads between the columns: what the pointer or the focus is on is marked where else it is meant.
// Evidence and its proposal, a number of the problem and the same in a model, both ways.

function mark(target) {
  const over = target.closest?.("#trace .flaw, #review .card[data-proposal]");
  const ids = over ? (over.dataset.links ?? over.dataset.proposal).split(" ") : [focused];
  for (const each of all("#trace .flaw")) each.classList.toggle("hot", ids.some((id) => linked(each, id)));
  const inTrace = over?.matches(".flaw");
  for (const each of cards()) each.classList.toggle("warm", Boolean(inTrace) && ids.includes(each.dataset.proposal));
  const number = target.closest?.("#context .num[data-links]");
  const values = number ? number.dataset.links.split(" ") : [];
  for (const each of all("#context .num")) each.classList.toggle("hot", values.some((id) => linked(each, id)));
}

document.addEventListener("mouseover", (event) => mark(event.target));
document.addEventListener("focusin", (event) => mark(event.target));

// By key to evidence: the first words of each can be focused, and Enter leads to the proposal.
function threadFlaws() {
  const known = new Set();
  for (const each of all("#trace .flaw[data-links]")) {
    if (known.has(each.dataset.links)) continue;
    known.add(each.dataset.links);
    each.tabIndex = 0;
    each.setAttribute("role", "link");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("#trace .flaw")) event.target.click();
});

// A number's link leads to the same number of the other side, which scrolls in itself.
document.addEventListener("click", (event) => {
  const number = event.target.closest("#context a.num");
  if (!number) return;
  event.preventDefault();
  const values = number.dataset.links.split(" ");
  const there = all(`${number.hash} .num[data-links]`).find((each) => values.some((id) => linked(each, id)));
  there?.closest("details")?.setAttribute("open", "");
  there?.scrollIntoView({ block: "nearest" });
  there?.focus({ preventScroll: true });
});
