// Places in the text of a trace: from a point of the page to a step and an offset, and back.
// Offsets count code points, as the server does; the browser counts UTF-16 units.

// The text nodes of a step that are its text: not places, not typeset formulas.
function textNodes(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_ALL, {
    acceptNode: (node) => node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT
      : node.dataset && "aside" in node.dataset ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP,
  });
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

// A point of the page as a step and an offset of its text, or null outside any.
function locate(node, at) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const body = element?.closest("[data-step]");
  if (!body) return null;
  const point = document.createRange();
  point.setStart(node, at);
  let offset = Number(body.dataset.offset);
  for (const text of textNodes(body)) {
    if (text === node) {
      offset += points(text.data.slice(0, at));
      break;
    }
    if (point.comparePoint(text, text.length) > 0) break;
    offset += points(text.data);
  }
  return { step: Number(body.dataset.step), offset, kind: body.dataset.kind, body };
}

// The node and UTF-16 offset of a place in a step.
function pointAt(body, offset) {
  let left = offset - Number(body.dataset.offset);
  for (const text of textNodes(body)) {
    const size = points(text.data);
    if (left <= size) return [text, [...text.data].slice(0, Math.max(left, 0)).join("").length];
    left -= size;
  }
  return [body, body.childNodes.length];
}

function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const start = locate(range.startContainer, range.startOffset);
  const end = locate(range.endContainer, range.endOffset);
  if (!start || !end || start.step !== end.step || start.offset >= end.offset) return null;
  return { ...start, end: end.offset, text: chosen.toString() };
}
