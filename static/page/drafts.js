// What was typed and not sent, kept in this browser for its writer: it survives a closed tab, a lost
// line and a crash. A field with `data-draft` is kept under the person and the page's `data-drafts`; it is
// forgotten once it was sent, after thirty days, and at logout. Nothing of one person is left for the next.

(() => {
  const PREFIX = "calm:draft:";
  const DAYS = 30;
  const person = () => document.body.dataset.person;
  const place = () => document.querySelector("[data-drafts]")?.dataset.drafts;
  const keyOf = (name) => `${PREFIX}${person()}:${place()}:${name}`;
  const fields = (form) => [...(form?.elements ?? [])].filter((each) => each.dataset.draft);
  const stored = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  // Storage may be forbidden or full: then nothing is kept, and all else works.
  function quietly(deed) {
    try {
      return deed();
    } catch {
      return undefined;
    }
  }

  function keep(field) {
    if (field.value === field.defaultValue) quietly(() => localStorage.removeItem(keyOf(field.dataset.draft)));
    else quietly(() => localStorage.setItem(keyOf(field.dataset.draft), JSON.stringify({ text: field.value, at: Date.now() })));
  }

  function forget(name) {
    quietly(() => localStorage.removeItem(keyOf(name)));
  }

  // Other people's drafts, and those that nobody came back to, go.
  function tidy() {
    for (const key of stored()) {
      const draft = quietly(() => JSON.parse(localStorage.getItem(key)));
      const old = !draft || Date.now() - draft.at > DAYS * 864e5;
      if (old || !key.startsWith(`${PREFIX}${person()}:`)) localStorage.removeItem(key);
    }
  }

  function here() {
    const mine = keyOf("");
    return stored().filter((key) => key.startsWith(mine)).map((key) => ({ name: key.slice(mine.length), ...JSON.parse(localStorage.getItem(key)) }));
  }

  const fieldOf = (name) => document.querySelector(`[data-draft="${CSS.escape(name)}"]`);
  const openerOf = (name) => document.querySelector(`[data-opens="${CSS.escape(name)}"]`);
  let awaited = null; // the draft whose field was asked for, to be put back into it

  // Offer back what was kept and is not in its field.
  function offer() {
    const box = document.querySelector("#drafts");
    if (!box || !person()) return;
    const waiting = here().filter((draft) => fieldOf(draft.name)?.value !== draft.text);
    box.hidden = !waiting.length;
    box.querySelector("ul").replaceChildren(...waiting.map(line));
  }

  function line(draft) {
    const made = document.querySelector("#draft-line").content.cloneNode(true);
    const place = fieldOf(draft.name) ?? openerOf(draft.name);
    made.querySelector(".what").textContent = `${draft.name}, ${new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" })}`;
    made.querySelector(".text").textContent = draft.text;
    made.querySelector(".gone").hidden = Boolean(place);
    const [back, away] = made.querySelectorAll("button");
    back.hidden = !place;
    back.addEventListener("click", () => putBack(draft));
    away.addEventListener("click", () => {
      forget(draft.name);
      offer();
    });
    return made;
  }

  function putBack(draft) {
    const field = fieldOf(draft.name);
    awaited = field ? null : draft;
    if (!field) return openerOf(draft.name) ? openerOf(draft.name).click() : offer();
    for (let at = field.closest("details"); at; at = at.parentElement?.closest("details")) at.open = true;
    field.value = draft.text;
    field.focus();
    return offer();
  }

  document.addEventListener("input", (event) => {
    if (event.target.dataset?.draft && person() && place()) keep(event.target);
  });

  // Sent and taken: the server has it now. What a button sends elsewhere ("Try it") decides nothing.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.request.method === "GET" || ctx.response.status >= 400) return;
    const form = ctx.sourceElement.form ?? ctx.sourceElement.closest("form");
    if (form?.getAttribute("action") !== ctx.request.action.split("?")[0]) return;
    for (const field of fields(form)) forget(field.dataset.draft);
  });

  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    const said = document.querySelector("#message");
    const offline = document.querySelector("#offline");
    if (!ctx || ctx.request.method === "GET" || ctx.response || !said || !offline) return;
    said.replaceChildren(offline.content.cloneNode(true));
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[action='/logout']")) quietly(() => stored().forEach((key) => localStorage.removeItem(key)));
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (person()) quietly(tidy);
    offer();
  });
  document.addEventListener("htmx:after:swap", () => {
    if (awaited && fieldOf(awaited.name)) return putBack(awaited);
    // Offers follow what the page has now, but never while somebody types.
    const here = document.activeElement;
    if (!here?.matches("[data-draft]") || here.value === here.defaultValue) offer();
    return undefined;
  });
})();
