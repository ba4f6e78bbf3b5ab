// What is chosen in the queue, with JavaScript: by key, all at once, and how many are.
"use strict";

// Choose the row that has the focus, or choose it no more.
deeds.choose = () => rowInFocus()?.querySelector("[name=ids]")?.click();

// How many are chosen; the box above them says whether all of the page are.
function tell() {
  const boxes = [...document.querySelectorAll("[name=ids]")];
  const chosen = boxes.filter((box) => box.checked).length;
  for (const row of rows()) row.classList.toggle("chosen", row.querySelector("[name=ids]")?.checked ?? false);
  const said = document.querySelector("[data-chosen]");
  if (!said) return;
  said.textContent = chosen ? said.dataset.one.replace("#", chosen) : "";
  const every = document.querySelector("[data-all]");
  every.hidden = false;
  every.checked = chosen === boxes.length;
  every.indeterminate = chosen > 0 && chosen < boxes.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of document.querySelectorAll("[name=ids]")) box.checked = event.target.checked;
  }
  tell();
});

// A page that is gone back to has its boxes as they were left.
window.addEventListener("pageshow", tell);
