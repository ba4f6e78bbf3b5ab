// Formulas: typeset by KaTeX, which escapes what it is given; the text stays in the page beside it.
// A trace has hundreds: each block is typeset when it comes near the window, and all before printing.

const SAFE = { output: "mathml", throwOnError: true, strict: "ignore", trust: false, maxExpand: 300, maxSize: 3 };
const KATEX = { inline: SAFE, display: { ...SAFE, displayMode: true } };
const NEAR = "800px"; // how far from the window a block is typeset
const SLICE = 8; // milliseconds of typesetting before the browser may do something else
const queue = new Set();
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    if (!queue.size) setTimeout(work);
    queue.add(target);
  }
}, { rootMargin: NEAR });

function work() {
  const ends = performance.now() + SLICE;
  for (const block of queue) {
    queue.delete(block);
    typeset(block);
    if (performance.now() > ends) break;
  }
  if (queue.size) setTimeout(work);
}

// Each block as it comes near the window.
function typesetNear(root) {
  for (const block of all("[data-step] :is(.p, .heading, .table):has(.tex)", root)) near.observe(block);
}

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

window.addEventListener("beforeprint", () => find("#trace") && typeset(find("#trace")));
