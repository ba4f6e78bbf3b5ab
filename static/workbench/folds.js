// Folds: what leads into one opens it, and all at once by key; the choice is kept in this browser.

const UNFOLD = "unfold";
const folds = (root = document) => all("#trace details:is(.fold, .long)", root);

// A link to a step opens what it is folded in; the browser does so by itself only from inside.
function openTarget() {
  const target = /^#[\w-]+$/.test(location.hash) && find(location.hash);
  if (!target || !target.closest("#trace")) return;
  const fold = target.closest("details") ?? find(":scope > .fold", target);
  if (!fold || fold.open) return;
  fold.open = true;
  target.scrollIntoView();
}

function toggleFolds() {
  const opening = folds().some((each) => !each.open);
  for (const each of folds()) each.open = opening;
  localStorage.setItem(UNFOLD, opening ? "yes" : "");
  showWindow();
}

document.addEventListener("DOMContentLoaded", () => {
  if (localStorage.getItem(UNFOLD)) for (const each of folds()) each.open = true;
  openTarget();
});
window.addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-unfold]")) toggleFolds();
  // A second click on the link to where one is changes no address, but may lead into a fold.
  else if (event.target.closest(".rail li, a.no")) setTimeout(openTarget);
});
document.addEventListener("toggle", () => redraw(), true);
