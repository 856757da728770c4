// Charts of the page: lines with bands, shares of spend, and the tile map. Colours are those of every chart of the model.
/* global Plot, d3 */
import { monthOf, shown } from "./words.js";

export const SOURCES = [
  ["home_css_share", "H", "home NHS unit", "#12436d", "#12436d", "home unit"],
  ["other_css_share", "N", "other NHS units", "#2073bc", "#1b64a5", "other units"],
  ["private_share", "P", "private", "#f46a25", "#a33f0a", "private"],
  ["other_supplier_share", "V", "other", "#6d5a78", "#5a4866", "other"],
  ["in_house_share", "I", "in house", "#28a197", "#17665f", "in house"],
  ["shared_share", "S", "shared", "#a285d1", "#5e3f97", "shared"],
];
const MODEL = "#12436d", POLE = "#d0d0d0", BASELINE = "#666666", ASSUMED = "#a33f0a", GRID = "#dedede", QUIET = "#4d4d4d";
const FROM_ZERO = ["count", "percent", "millions", "fte"];
const YEARS = [0, 12, 24, 36, 48];
const LAST = 59;
const MIDDLE = 2;

const years = ({ width, font, marginLeft, marginRight }) => [
  Plot.axisX(YEARS.filter((_, place) => width - marginLeft - marginRight > 14 * font || place % 2 === 0), { tickFormat: (month) => String(2012 + month / 12), tickSize: 4, label: null, color: QUIET }),
];

/** Returns a plot that can stand in the page: no style element, which its policy forbids, and one name for all its parts. */
function bare(options) {
  const svg = Plot.plot(options);
  svg.querySelectorAll("style").forEach((one) => one.remove());
  for (const part of svg.querySelectorAll("[aria-label]")) {
    part.dataset.mark = part.getAttribute("aria-label");
    part.removeAttribute("aria-label");
  }
  return svg;
}

/** Returns labels at the ends of lines with their places moved apart. */
function apart(labels, gap, low, high) {
  const sorted = [...labels].sort((a, b) => a.at - b.at);
  for (let place = 1; place < sorted.length; place++) sorted[place].at = Math.max(sorted[place].at, sorted[place - 1].at + gap);
  let ceiling = high;
  for (const label of sorted.reverse()) {
    label.at = Math.max(low, Math.min(label.at, ceiling));
    ceiling = label.at - gap;
  }
  return labels;
}

/** Writes numbers at the tops of the poles of policy dates, side by side where two would meet; their words stand in the key. */
function flags(svg, dates, size) {
  const across = d3.scaleLinear([0, 59.9], [size.marginLeft, size.width - size.marginRight]);
  const letter = size.font * 0.82, wide = (place) => letter * 0.6 * String(place + 1).length + letter * 0.3;
  const labels = dates.map(([month], place) => ({ at: across(month), number: place + 1, wide: wide(place) }));
  for (let place = 1; place < labels.length; place++) labels[place].at = Math.max(labels[place].at, labels[place - 1].at + (labels[place - 1].wide + labels[place].wide) / 2);
  const row = d3.select(svg).append("g").attr("text-anchor", "middle").attr("aria-hidden", "true").attr("font-size", letter).attr("fill", QUIET).attr("data-mark", "flags");
  for (const { at, number } of labels) row.append("text").attr("x", at).attr("y", size.marginTop - size.font * 0.22).text(number);
}

const poles = (dates) => Plot.ruleX(dates.map(([month]) => month), { stroke: POLE, strokeWidth: 1 });

const boxes = new Map();
let redraw = () => {};
const watch = new ResizeObserver((entries) => {
  const moved = entries.filter(({ target, contentRect }) => boxes.get(target)?.width !== contentRect.width || boxes.get(target)?.height !== contentRect.height);
  if (!moved.length) return;
  boxes.clear();
  redraw();
});

/** Says what is done when the place of a chart gets another size. */
export function whenResized(act) {
  redraw = act;
}

/** Returns the size of a chart's place: measured once, as measuring between drawings makes the browser lay out again. */
function boxOf(element) {
  if (!boxes.has(element)) {
    const { width, height } = element.getBoundingClientRect();
    boxes.set(element, { width, height, font: parseFloat(getComputedStyle(element).fontSize) * 0.8 });
    watch.observe(element);
  }
  return boxes.get(element);
}

/** Returns what a plot of one outcome needs to know of its size. */
function sizes(element, right) {
  const { font, ...box } = boxOf(element);
  const width = Math.max(200, box.width), height = Math.max(120, box.height);
  return { font, width, height, marginLeft: font * 3.6, marginRight: Math.min(width * 0.46, font * right), marginTop: font * 2.1, marginBottom: font * 1.8 };
}

const steps = (values) => [...values, values[LAST]].map((value, month) => ({ month: month === 60 ? 59.9 : month, value }));

/** Returns a line's place: the middle run where there are many. */
export const pathOf = (told, name) => (told.bands ? told.bands[name][MIDDLE] : told.line[name]);

/** Returns the policy dates of what is shown: month and label. */
export const datesOf = (told, view) => (view.hides ? told.base : told.scenario).policy;

/** Returns the policy dates in words, by the numbers that stand above their poles. */
export const datesKey = (dates) => dates.map(([, label], place) => `${place + 1}\u00a0${label}`).join(" · ");

/** Keeps an axis still while a lever is dragged: it grows at once and shrinks only when much too long. */
function steady(element, low, high) {
  const [oldLow, oldHigh] = element.domain ?? [low, high];
  const span = Math.max(high - low, 1e-9), old = oldHigh - oldLow;
  const keeps = oldLow <= low && oldHigh >= high && span > 0.55 * old;
  element.domain = keeps ? [oldLow, oldHigh] : [low, high];
  return element.domain;
}

/**
 * Draws one outcome over time.
 * @param {HTMLElement} element where
 * @param {object} outcome which
 * @param {object} told the scenario, its base and the base under its assumptions, with their names
 * @param {object} view month, single (runs one by one), hides (scenario hidden), guesses
 */
export function drawLines(element, outcome, told, view) {
  const { name, form } = outcome, curve = form === "count" ? "step-after" : "linear";
  const size = sizes(element, 9);
  const hides = view.hides, alone = view.alone, dates = datesOf(told, view);
  const lines = [
    !alone && { told: told.base, label: told.baseName, stroke: BASELINE, dash: "6,4", ink: QUIET },
    told.assumed && { told: told.assumed, label: "your assumptions", stroke: ASSUMED, dash: "2,3", ink: ASSUMED },
    !hides && { told: told.scenario, label: told.scenarioName, stroke: MODEL, dash: null, ink: MODEL, main: true },
  ].filter(Boolean);
  const bands = hides ? null : told.scenario.bands?.[name];
  const seen = [...lines.flatMap((line) => pathOf(line.told, name)), ...(bands ? [...bands[0], ...bands[4]] : []), ...view.guesses];
  const raw = d3.extent(seen);
  const [low, high] = d3.nice(FROM_ZERO.includes(form) ? Math.min(0, raw[0]) : raw[0], raw[1] > raw[0] ? raw[1] : raw[0] + 1, 4);
  const domain = steady(element, low, high);
  const scale = d3.scaleLinear(domain, [size.height - size.marginBottom, size.marginTop]);
  const thick = view.projector ? 4 : 2.2;
  const band = (from, to, opacity) => Plot.areaY(steps(bands[from]).map((one, place) => ({ ...one, to: steps(bands[to])[place].value })), { x: "month", y1: "value", y2: "to", fill: MODEL, fillOpacity: opacity, curve });
  const labels = apart(lines.map((line) => ({ text: `${shown(pathOf(line.told, name)[LAST], form)} ${line.label}`, ink: line.ink, at: scale(pathOf(line.told, name)[LAST]), main: line.main })), size.font * 2.15, size.marginTop + size.font, size.height - size.marginBottom - size.font * 0.5);
  const singles = view.single && !hides && told.scenario.paths ? told.scenario.paths[name] : null;
  const svg = bare({
    ...size, style: { fontSize: `${size.font}px`, background: "none" },
    x: { domain: [0, 59.9] }, y: { domain, label: null },
    marks: [
      Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks: 4 }),
      Plot.axisY({ ticks: 4, tickSize: 0, tickFormat: (value) => shown(value, form), label: null, color: QUIET }),
      ...years(size),
      poles(dates),
      Plot.ruleX([view.month], { stroke: "#8c8c8c", strokeWidth: 1, strokeDasharray: "2,2" }),
      bands && !singles ? band(0, 4, 0.16) : null,
      bands && !singles ? band(1, 3, 0.24) : null,
      singles ? singles.map((values) => Plot.line(steps(values), { x: "month", y: "value", stroke: MODEL, strokeOpacity: 0.45, strokeWidth: thick * 0.6, curve })) : null,
      ...lines.map((line) => Plot.line(steps(pathOf(line.told, name)), { x: "month", y: "value", stroke: line.stroke, strokeWidth: thick, strokeDasharray: line.dash, curve })),
      view.guesses.length ? Plot.dot(view.guesses, { x: () => view.month, y: (value) => value, r: size.font * 0.35, fill: "#fff", stroke: ASSUMED, strokeWidth: 2 }) : null,
    ],
  });
  const ends = d3.select(svg).append("g").attr("text-anchor", "start").attr("aria-hidden", "true").attr("font-size", size.font * 0.94);
  for (const label of labels) {
    const text = ends.append("text").attr("x", size.width - size.marginRight + 5).attr("y", label.at).attr("fill", label.ink);
    const [value, ...rest] = label.text.split(" ");
    text.append("tspan").attr("font-weight", 700).text(`${value}`);
    wrap(text, rest.join(" "), size, value);
  }
  unit(svg, outcome.unit, size);
  flags(svg, dates, size);
  put(element, svg);
}

/** Writes the unit above the axis. */
function unit(svg, words, size) {
  d3.select(svg).append("text").attr("x", 2).attr("y", size.font * 0.95).attr("text-anchor", "start").attr("fill", QUIET).attr("font-size", size.font * 0.94).text(words);
}

/** Writes a label after its number, and on a second line where it is long. */
function wrap(text, words, size, value) {
  const room = Math.floor((size.marginRight - 8) / (size.font * 0.5));
  const inLine = value.length + 1 + words.length <= room;
  const cut = words.length > room ? `${words.slice(0, room - 1)}…` : words;
  const second = text.append("tspan").text(inLine ? ` ${words}` : cut);
  if (!inLine) second.attr("x", size.width - size.marginRight + 5).attr("dy", "1.05em");
}

/** Draws who does the work, as shares of spend that sum to 100%. */
export function drawShares(element, told, view) {
  const size = sizes(element, 11.6);
  const of = view.hides ? told.base : told.scenario;
  const values = (one, name) => (one.mean ? one.mean[name] : one.line[name]);
  const rows = SOURCES.flatMap(([name, , words, fill], place) => steps(values(of, name)).map((one) => ({ ...one, words, fill, place })));
  const scale = d3.scaleLinear([0, 100], [size.height - size.marginBottom, size.marginTop]);
  let floor = 0;
  const labels = apart(SOURCES.map(([name, , , , ink, words]) => {
    const end = values(of, name)[LAST], was = values(told.base, name)[LAST];
    const change = Math.round(end) - Math.round(was);
    floor += end;
    const moved = view.alone || view.hides || !change ? "" : ` (${change > 0 ? "+" : "−"}${Math.abs(change)})`;
    return { text: `${shown(end, "percent")} ${words}${moved}`, ink, at: scale(floor - end / 2) + size.font * 0.3 };
  }), size.font * 1.15, size.marginTop + size.font * 0.5, size.height - size.marginBottom);
  const svg = bare({
    ...size, style: { fontSize: `${size.font}px`, background: "none" },
    x: { domain: [0, 59.9] }, y: { domain: [0, 100], label: null },
    marks: [
      Plot.areaY(rows, { x: "month", y: "value", z: "place", fill: "fill", stroke: "#fff", strokeWidth: 1, order: "place" }),
      Plot.axisY({ ticks: [0, 50, 100], tickSize: 0, tickFormat: (value) => `${value}%`, label: null, color: QUIET }),
      ...years(size),
      poles(datesOf(told, view)),
      Plot.ruleX([view.month], { stroke: "#1a1a1a", strokeWidth: 1, strokeDasharray: "2,2" }),
    ],
  });
  const ends = d3.select(svg).append("g").attr("text-anchor", "start").attr("aria-hidden", "true").attr("font-size", size.font * 0.94);
  for (const label of labels) ends.append("text").attr("x", size.width - size.marginRight + 5).attr("y", label.at).attr("fill", label.ink).text(label.text);
  unit(svg, "% of spend", size);
  flags(svg, datesOf(told, view), size);
  put(element, svg);
}

function put(element, svg) {
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", element.dataset.alt ?? "");
  element.replaceChildren(svg);
}

// ---- The map -------------------------------------------------------------------------------------------------

const ROW = Math.sqrt(3) / 2;
const HEXAGON = d3.range(6).map((side) => [Math.cos(Math.PI / 6 + (side * Math.PI) / 3) / Math.sqrt(3), Math.sin(Math.PI / 6 + (side * Math.PI) / 3) / Math.sqrt(3)]);
const FILLS = Object.fromEntries(SOURCES.map(([, letter, , fill]) => [letter, fill]));
const INKS = { H: "#fff", N: "#fff", P: "#000", V: "#fff", I: "#000", S: "#000", "-": "#000" };

export class TileMap {
  constructor(element, ccgs) {
    this.element = element;
    this.ccgs = ccgs;
    const middles = ccgs.x.map((x, place) => [x + 0.5 * (ccgs.y[place] % 2), ROW * ccgs.y[place]]);
    const [left, right] = d3.extent(middles, (one) => one[0]), [top, bottom] = d3.extent(middles, (one) => one[1]);
    this.svg = d3.create("svg").attr("viewBox", [left - 0.7, top - 0.7, right - left + 1.4, bottom - top + 1.4].join(" ")).attr("role", "img").attr("font-size", 0.62).attr("text-anchor", "middle");
    this.tiles = this.svg.selectAll("g").data(middles).join("g").attr("transform", ([x, y]) => `translate(${x},${y})`);
    this.tiles.append("title");
    this.tiles.append("path").attr("d", d3.line()(HEXAGON) + "Z").attr("stroke", "#fff").attr("stroke-width", 0.08);
    this.tiles.append("text").attr("dy", "0.35em");
    this.svg.append("path").attr("d", this.#borders(middles)).attr("fill", "none").attr("stroke", "#3d3d3d").attr("stroke-width", 0.11).attr("stroke-linecap", "round").attr("pointer-events", "none");
    element.replaceChildren(this.svg.node());
  }

  /** Shows a letter a CCG; those that have the base's are pale. */
  draw(letters, base, alt) {
    const words = Object.fromEntries(SOURCES.map(([, letter, name]) => [letter, name]));
    this.svg.attr("aria-label", alt);
    this.tiles.each((_, place, nodes) => {
      const letter = letters[place], pale = base && base[place] === letter, key = letter + pale;
      const tile = nodes[place];
      if (tile.drawn === key) return;
      tile.drawn = key;
      const [title, path, text] = tile.children;
      title.textContent = `${this.ccgs.name[place]}: ${words[letter] ?? "no spend"}`;
      path.setAttribute("fill", FILLS[letter] ?? "#e3e3e3");
      path.setAttribute("fill-opacity", pale ? 0.28 : 1);
      text.setAttribute("fill", pale ? "#1a1a1a" : INKS[letter]);
      text.setAttribute("font-weight", pale || !base ? 400 : 700);
      text.textContent = letter;
    });
  }

  #borders(middles) {
    const beside = [[1, 1], [-1, 1], [-2, 0], [-1, -1], [1, -1], [2, 0]];
    const key = (place) => [2 * this.ccgs.x[place] + (this.ccgs.y[place] % 2), this.ccgs.y[place]];
    const regions = new Map(this.ccgs.region.map((region, place) => [key(place).join(), region]));
    const path = d3.path();
    middles.forEach(([x, y], place) => {
      const [across, down] = key(place);
      beside.forEach(([right, below], side) => {
        const other = regions.get([across + right, down + below].join());
        if (other === undefined || other === this.ccgs.region[place]) return;
        const [from, to] = [HEXAGON[side], HEXAGON[(side + 1) % 6]];
        path.moveTo(x + from[0], y + from[1]);
        path.lineTo(x + to[0], y + to[1]);
      });
    });
    return path.toString();
  }
}

/** Returns in words what a line chart shows. */
export function altOf(outcome, told, view) {
  const end = (one) => shown(pathOf(one, outcome.name)[LAST], outcome.form);
  const bands = told.scenario.bands?.[outcome.name];
  const spread = bands ? `, ${shown(bands[0][LAST], outcome.form)} to ${shown(bands[4][LAST], outcome.form)} in nine runs of ten` : "";
  if (view.hides) return `Line chart of ${outcome.title}: ${told.baseName} ends at ${end(told.base)}; the scenario is hidden.`;
  const beside = view.alone ? "" : ` beside ${end(told.base)} in ${told.baseName}`;
  return `Line chart of ${outcome.title}: ${told.scenarioName} ends at ${end(told.scenario)} in ${monthOf(LAST)}${spread}${beside}. The table has every month.`;
}
