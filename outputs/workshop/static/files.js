// Tables, and files of each chart: CSV, SVG, PNG and what they are of.
import { SOURCES, pathOf } from "./charts.js";
import { monthOf } from "./words.js";

const SCALE = 2; // pixels of a PNG for one of the page
const BANDS = ["p05", "p25", "p50", "p75", "p95"];

/** Returns the table behind a chart of one outcome: a header and a row a month. */
export function lineTable(name, told) {
  const { scenario, base, assumed } = told;
  const many = scenario.bands ? [...BANDS.map((band, place) => [band, scenario.bands[name][place]]), ["mean", scenario.mean[name]]] : [];
  const columns = [
    ["first run", scenario.line[name]], ...many,
    [`${base.bands ? "median" : "first run"} of baseline`, pathOf(base, name)],
    ...(assumed ? [["baseline under your assumptions", pathOf(assumed, name)]] : []),
  ];
  return { head: ["month", ...columns.map(([head]) => head)], rows: scenario.line[name].map((_, month) => [monthOf(month), ...columns.map(([, values]) => values[month])]) };
}

/** Returns the table behind the shares: a row a month, in percent of spend. */
export function shareTable(told) {
  const values = (one, name) => (one.mean ? one.mean[name] : one.line[name]);
  const columns = SOURCES.flatMap(([name, , words]) => [[words, values(told.scenario, name)], [`${words}, baseline`, values(told.base, name)]]);
  return { head: ["month", ...columns.map(([head]) => head)], rows: columns[0][1].map((_, month) => [monthOf(month), ...columns.map(([, list]) => list[month])]) };
}

/** Returns the table behind the map: a row a CCG. */
export function mapTable(told, ccgs, snapshot, stage) {
  const words = Object.fromEntries(SOURCES.map(([, letter, name]) => [letter, name]));
  const often = told.scenario.often?.[snapshot];
  return {
    head: ["code", "CCG", "main source", "in the baseline", ...(often ? [`of ${stage} runs`] : [])],
    rows: ccgs.code.map((code, place) => [
      code, ccgs.name[place], words[told.scenario.map[snapshot][place]] ?? "no spend", words[told.base.map[snapshot][place]] ?? "no spend",
      ...(often ? [often[place]] : []),
    ]),
  };
}

export function tableElement({ head, rows }, caption) {
  const table = document.createElement("table");
  table.createCaption().textContent = caption;
  const top = table.createTHead().insertRow();
  for (const name of head) top.append(Object.assign(document.createElement("th"), { scope: "col", textContent: name }));
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((cell, place) => {
      const element = document.createElement(place ? "td" : "th");
      if (!place) element.scope = "row";
      if (typeof cell === "number") element.className = "number";
      element.textContent = typeof cell === "number" ? cell.toLocaleString("en-GB", { maximumFractionDigits: 3 }) : cell;
      row.append(element);
    });
  }
  return table;
}

const quoted = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));
export const csvOf = ({ head, rows }) => [head, ...rows].map((cells) => cells.map(quoted).join(",")).join("\n") + "\n";

/** Returns text in lines of so many letters, broken between words. */
function broken(text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > room && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Returns a chart as a file of its own, with a title, what it is of, and its source. */
export function svgOf(svg, title, notes) {
  const box = svg.getBoundingClientRect(), drawn = svg.viewBox.baseVal;
  const width = Math.max(420, Math.round(box.width)), height = Math.round((drawn.height * width) / drawn.width), top = 34;
  const lines = notes.flatMap((note) => broken(note, Math.floor(width / 5.4)));
  const foot = 12 * lines.length + 10;
  const name = "http://www.w3.org/2000/svg";
  const make = (kind, attributes, text) => {
    const element = document.createElementNS(name, kind);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  };
  const sheet = make("svg", { xmlns: name, width, height: height + top + foot, viewBox: `0 0 ${width} ${height + top + foot}`, "font-family": "system-ui, sans-serif", role: "img" });
  sheet.append(make("title", {}, title), make("desc", {}, svg.getAttribute("aria-label") ?? ""), make("rect", { width: "100%", height: "100%", fill: "#fff" }));
  sheet.append(make("text", { x: 8, y: 22, "font-size": 15, "font-weight": 700, fill: "#1a1a1a" }, title));
  const inner = svg.cloneNode(true);
  inner.removeAttribute("style");
  for (const [key, value] of Object.entries({ x: 0, y: top, width, height })) inner.setAttribute(key, value);
  if (!inner.getAttribute("font-size")) inner.setAttribute("font-size", parseFloat(getComputedStyle(svg).fontSize));
  sheet.append(inner);
  lines.forEach((line, place) => sheet.append(make("text", { x: 8, y: height + top + 12 + 12 * place, "font-size": 9.5, fill: "#4d4d4d" }, line)));
  return new XMLSerializer().serializeToString(sheet);
}

/** Returns a drawing as a PNG. */
export async function pngOf(text) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width * SCALE, height: image.height * SCALE });
    const brush = canvas.getContext("2d");
    brush.scale(SCALE, SCALE);
    brush.drawImage(image, 0, 0);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Hands a file to the reader. */
export function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
