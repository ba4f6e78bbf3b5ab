// Time on the task, for the one who works: seconds in which the page was in sight and somebody moved,
// typed, scrolled or clicked within the last minute. Sent in small steps; the server caps each by its own clock.

(() => {
  const REST = 60_000; // ms without any input after which nobody is taken to be working
  const STEP = 15_000; // ms between two reports
  let lastInput = Date.now();
  let active = 0; // seconds not reported yet
  let lastTick = performance.now();

  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"]) {
    document.addEventListener(kind, () => { lastInput = Date.now(); }, { passive: true, capture: true });
  }

  function tick() {
    const now = performance.now();
    const working = document.visibilityState === "visible" && Date.now() - lastInput < REST;
    // A machine that slept did not work: no tick counts more than two seconds.
    if (working) active += Math.min((now - lastTick) / 1000, 2);
    lastTick = now;
  }

  function report(begins = false) {
    const at = find("#time")?.dataset.report;
    const seconds = Math.min(Math.floor(active), 60);
    if (!at || (!seconds && !begins)) return;
    active -= seconds;
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": find("#time").dataset.csrf };
    fetch(at, { method: "POST", body: `seconds=${seconds}`, headers, keepalive: true, redirect: "manual" }).then(shown).catch(() => { active += seconds; });
  }

  async function shown(response) {
    if (response.status !== 200) return;
    holds(Number(response.headers.get("Calm-Held")));
    find("#time .mine").textContent = await response.text();
  }

  // How long the trace is still held: said in minutes, so that nothing on the page moves each second.
  let until = 0;
  function holds(seconds) {
    const held = find("#held");
    if (!held) return;
    until = Date.now() + seconds * 1000;
    countDown();
  }

  // What the server said is heeded once: a swap elsewhere on the page doesn't begin it anew.
  function heed() {
    const said = find("#held")?.dataset;
    if (!said?.left) return;
    holds(Number(said.left));
    delete said.left;
  }

  function countDown() {
    const held = find("#held");
    if (!held) return;
    const left = Math.max(0, Math.ceil((until - Date.now()) / 60_000));
    const text = left ? held.dataset.minutes.replace("#", left) : held.dataset.over;
    if (held.textContent !== text) held.textContent = text;
  }

  document.addEventListener("htmx:after:swap", heed);

  document.addEventListener("DOMContentLoaded", () => {
    if (!find("#time")) return;
    heed();
    setInterval(countDown, 5000);
    report(true);
    setInterval(tick, 1000);
    setInterval(report, STEP);
  });
  document.addEventListener("visibilitychange", () => {
    tick();
    if (document.visibilityState === "hidden") report();
  });
})();
