// Formulas: typeset by KaTeX, which escapes what it is given; the text stays in the page beside it.

const SAFE = { output: "mathml", throwOnError: true, strict: "ignore", trust: false, maxExpand: 300, maxSize: 3 };
const KATEX = { inline: SAFE, display: { ...SAFE, displayMode: true } };

function typeset(root) {
  if (!window.katex) return;
  for (const span of all(".tex:not(:has(.raw))", root)) {
    const text = span.textContent;
    const display = /^(\\\[|\$\$)/.test(text);
    const inner = text.startsWith("\\boxed") ? text : display || text.startsWith("\\(") ? text.slice(2, -2) : text.slice(1, -1);
    const shown = document.createElement("span");
    shown.dataset.aside = "";
    try {
      // KaTeX escapes what it is given. Its inline styles would break the page's policy: they go.
      const html = katex.renderToString(inner, KATEX[display ? "display" : "inline"]);
      shown.innerHTML = html.replace(/ style="[^"]*"/g, "");
    } catch {
      continue; // it stays as it was written
    }
    const raw = document.createElement("span");
    raw.className = "raw";
    raw.append(...span.childNodes);
    span.append(raw, shown);
    span.classList.toggle("display", display);
  }
}
