// The debrief: the room's market beside the same luck played by the agents alone.
import { at, bigPounds, hostSecret, hundred, make, pounds, share } from "/static/room_wire.js";

const secret = hostSecret(), SVG = "http://www.w3.org/2000/svg";
const NAMES = { room: "The room", alone: "Agents alone", policy: "Agents under the board's policy" };
const ROWS = [["spend", "Support, £ a head a year", (v) => pounds(v)], ["satisfaction", "Satisfaction, of 100", hundred], ["unmet", "Need not met", (v) => share(v, 1)],
  ["redundancy", "Redundancy from their moves", bigPounds], ["make", "Lines made", (v) => share(v)], ["share", "Lines shared", (v) => share(v)], ["buy", "Lines bought", (v) => share(v)]];

async function read() {
  const reply = secret ? await fetch("/room/debrief.json", { headers: { authorization: `Bearer ${secret}` } }) : null;
  if (!reply || !reply.ok) { at("say").textContent = "Open the debrief from the facilitator's page."; return; }
  const told = await reply.json();
  at("say").textContent = told.months.length ? `Up to ${told.until}. Seed ${told.seed}: both had the same luck, so that what differs comes from what people chose.` : "No season has been played yet.";
  figures(told); charts(told); seats(told);
}
at("again").addEventListener("click", read);

const head = (...names) => make("thead", {}, make("tr", {}, names.map((name, place) => make("th", { scope: "col", class: place ? "number" : "" }, name))));
const numbers = (label, cells) => make("tr", {}, make("th", { scope: "row" }, label), cells.map((cell) => make("td", { class: "number" }, cell)));

function figures(told) {
  const runs = Object.keys(told.figures);
  at("figures").hidden = !runs.length;
  at("figures-title").textContent = `The ${told.n_played} CCGs that somebody chose for`;
  at("figures-table").replaceChildren(make("table", {}, head("At the end", ...runs.map((run) => NAMES[run])),
    make("tbody", {}, ROWS.map(([key, name, form]) => numbers(name, runs.map((run) => form(told.figures[run][key])))))));
}

const put = (parent, name, attributes, text) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text != null) node.textContent = text;
  parent.append(node);
  return node;
};

function charts(told) {
  at("england").hidden = !told.months.length;
  at("key").textContent = `Solid: the room. Dashed: the agents alone${told.series[0].policy ? ". Dotted: the agents under the board's policy" : ""}. Upright line: the first season.`;
  at("charts").replaceChildren(...told.series.map((series) => chart(series, told.first_month)));
}

/** Returns a round number of which twice is enough for an axis. */
function roundHalf(most) {
  const size = 10 ** Math.floor(Math.log10(most / 2));
  return size * [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((part) => 2 * part * size >= most * 0.999);
}

function chart(series, first) {
  const runs = ["alone", "policy", "room"].filter((run) => series[run]), n = series.room.length, wide = 400, tall = 220, left = 58, right = 70, top = 10, foot = 24;
  const money = series.unit === "£", form = money ? bigPounds : series.unit.startsWith("£") ? (v) => pounds(v, 1) : series.unit.startsWith("share") ? (v) => share(v, Math.max(...series.room) < 0.1 ? 1 : 0) : (v) => v.toFixed(0);
  const half = roundHalf(Math.max(...runs.flatMap((run) => series[run]), 1e-9)), most = 2 * half;
  const x = (month) => left + ((wide - left - right) * month) / Math.max(1, n - 1), y = (value) => tall - foot - ((tall - top - foot) * value) / most;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
  svg.setAttribute("role", "img");
  const ends = runs.map((run) => `${NAMES[run]} ${form(series[run][n - 1])}`).join(", ");
  svg.setAttribute("aria-label", `${series.title}, ${series.unit}, at the end: ${ends}`);
  for (const value of [0, half, most]) {
    put(svg, "line", { x1: left, x2: wide - right, y1: y(value), y2: y(value), class: "grid" });
    put(svg, "text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, form(value));
  }
  for (let year = 2012; (year - 2012) * 12 < n; year += 1) put(svg, "text", { x: x((year - 2012) * 12), y: tall - 6, "text-anchor": "start" }, String(year));
  put(svg, "line", { x1: x(first), x2: x(first), y1: top, y2: tall - foot, class: "begin" });
  for (const run of runs) put(svg, "path", { d: series[run].map((value, month) => `${month ? "L" : "M"}${x(month).toFixed(1)},${y(value).toFixed(1)}`).join(""), class: run });
  let room = y(series.room[n - 1]), alone = y(series.alone[n - 1]);
  if (Math.abs(room - alone) < 16) { const middle = (room + alone) / 2, up = room <= alone ? -8 : 8; room = middle + up; alone = middle - up; }
  put(svg, "text", { x: wide - right + 5, y: room + 4, class: "room-word" }, form(series.room[n - 1]));
  put(svg, "text", { x: wide - right + 5, y: alone + 4, class: "alone-word" }, form(series.alone[n - 1]));
  return make("figure", {}, make("figcaption", {}, make("strong", {}, series.title), ` (${series.unit})`), svg);
}

function seats(told) {
  at("seats").hidden = !told.seats.length;
  at("seat-list").replaceChildren(...told.seats.map(seat));
}

function seat(one) {
  const title = one.people.length ? `${one.name}: ${one.people.join(", ")}` : one.name;
  const sums = `${pounds(one.room.spend)} a head (agents ${pounds(one.alone.spend)}), satisfaction ${hundred(one.room.satisfaction)} (${hundred(one.alone.satisfaction)}), `
    + `redundancy ${bigPounds(one.room.redundancy)} (${bigPounds(one.alone.redundancy)})`;
  const said = one.said.map((season) => make("p", {}, make("strong", {}, `${season.season}: `),
    season.lines.length ? season.lines.map((line) => `${line.name}: asked for ${line.asked}, ${line.came}`).join(". ") : "left all to the staff", "."));
  const rows = one.sources.map((source) => make("tr", {}, make("th", { scope: "row" }, source.name), make("td", {}, source.room), make("td", {}, source.alone)));
  const heads = ["Line", "With you", "Agents alone"].map((name) => make("th", { scope: "col" }, name));
  const table = make("table", {}, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows));
  const box = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": one.name }, table);
  return make("details", { class: "line" }, make("summary", {}, make("strong", {}, title), sums), make("div", { class: "card" }, said, box));
}
read();
