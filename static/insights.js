// Draws each chart of the insights out of the table beside it, so that the two can't differ.
// Without it the tables stand open and say the same.
"use strict";

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia("(prefers-color-scheme: dark)");
const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const drawn = new Map(); // figures and their charts

// A colour of the style sheet as the canvas needs it: light-dark() is resolved by the browser.
function colour(name) {
  const probe = document.createElement("span");
  probe.className = `tone-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function tableOf(figure) {
  const heads = [...figure.querySelectorAll("thead th")];
  const rows = [...figure.querySelectorAll("tbody tr")];
  const labels = rows.map((row) => row.cells[0].textContent);
  const series = heads.flatMap((head, at) => (head.dataset.series ? [{
    label: head.textContent,
    unit: head.dataset.unit,
    tone: head.dataset.series,
    data: rows.map((row) => (row.cells[at].dataset.value === "" ? null : Number(row.cells[at].dataset.value))),
  }] : []));
  return { labels, series };
}

function datasetOf({ label, tone, data }, line) {
  const of = colour(tone);
  return line
    ? { label, data, borderColor: of, backgroundColor: of, borderWidth: 1, pointRadius: 0, pointHitRadius: 8, fill: true, stepped: "after" }
    : { label, data, backgroundColor: of, borderWidth: 0, maxBarThickness: 34, borderRadius: 2 };
}

function optionsOf(figure, unit) {
  const [stacked, lying] = ["stacked" in figure.dataset, figure.dataset.chart === "lying"];
  const shown = (value) => numbers.format(value) + unit;
  const [ink, soft, line] = ["ink", "soft", "line"].map(colour);
  const values = { stacked, beginAtZero: true, suggestedMax: unit ? undefined : 4, grid: { color: line }, border: { display: false }, ticks: { color: soft, callback: shown, maxTicksLimit: 7, precision: unit ? undefined : 0 } };
  const names = { stacked, grid: { display: false }, border: { color: line }, ticks: { color: soft, autoSkip: !lying, maxRotation: 40 } };
  return {
    animation: false,
    maintainAspectRatio: false,
    indexAxis: lying ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
    scales: lying ? { x: values, y: names } : { x: names, y: values },
    plugins: {
      legend: { align: "start", labels: { color: ink, boxWidth: 12, boxHeight: 12 } },
      tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${shown(item.raw)}` } },
    },
  };
}

function draw(figure) {
  const { labels, series } = tableOf(figure);
  // A single day would be a line without length: it is drawn as a bar.
  const line = figure.dataset.chart === "line" && labels.length > 1;
  const box = figure.querySelector(".canvas");
  if (figure.dataset.chart === "lying") box.style.height = `${90 + labels.length * ("stacked" in figure.dataset ? 30 : 16 + 14 * series.length)}px`;
  drawn.get(figure)?.destroy();
  drawn.set(figure, new Chart(figure.querySelector("canvas"), {
    type: line ? "line" : "bar",
    data: { labels, datasets: series.map((each) => datasetOf(each, line)) },
    options: optionsOf(figure, series[0]?.unit ?? ""),
  }));
}

function begin() {
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  if (window.Chart) {
    Chart.defaults.font.family = style("--sans");
    Chart.defaults.font.size = 13;
    for (const figure of figures) figure.querySelector("details").open = false;
    // Only what is in sight, or nearly: fifteen at once would hold the page up.
    const sight = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting && !drawn.has(target)) draw(target);
    }, { rootMargin: "300px" });
    for (const figure of figures) sight.observe(figure);
    dark.addEventListener("change", () => [...drawn.keys()].forEach(draw));
  }
  document.documentElement.classList.add("drawn");
}

document.addEventListener("DOMContentLoaded", begin);
