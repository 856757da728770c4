// The live page: it asks over a socket, draws what comes, and keeps what is set in its link.
import { TileMap, altOf, datesKey, datesOf, drawLines, drawShares, SOURCES, whenResized } from "./charts.js";
import { csvOf, lineTable, mapTable, pngOf, save, shareTable, svgOf, tableElement } from "./files.js";
import { Levers } from "./levers.js";
import { AUTHORED, State, same } from "./state.js";
import { bandOf, leverValue, monthOf, shortName, shown, shownChange, shownMean } from "./words.js";

const PATIENCE = 1500; // ms after which an answer is no longer waited for
const HANDOVER = 15; // April 2013
const AGAIN = 1000; // ms until the socket is tried anew
const $ = (id) => document.getElementById(id);
const make = (kind, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(kind), properties);
  made.append(...children);
  return made;
};

const catalogue = await (await fetch("/model.json")).json();
const state = new State(catalogue);
const view = { single: false, predicting: false, revealed: false, guesses: [], projector: false };
let levers, map, answer = null, socket = null, number = 0, waiting = null, pending = false, frame = 0;
const figures = [];

// ---- What is asked -------------------------------------------------------------------------------------------

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.addEventListener("open", () => { answer = null; waiting = null; ask(); });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    showProgress();
    setTimeout(connect, AGAIN);
  });
}

/** Says how many runs are shown, or that no more will come. */
function showProgress() {
  const runs = answer?.stage === 1 ? "1 run" : `${answer?.stage} runs`;
  const words = answer?.stage === 200 ? runs : `${runs}, more to come…`;
  $("progress").textContent = socket.readyState === WebSocket.OPEN ? words : "The server does not answer; trying again…";
}

/** Asks for what the state says; while a first answer is on its way, only the latest is asked next. */
function ask() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (waiting && performance.now() - waiting.since < PATIENCE) { pending = true; return; }
  pending = false;
  number += 1;
  waiting = { number, since: performance.now() };
  send("show");
}

function send(kind, outcome = state.outcome) {
  const { scenario, base, seed } = state;
  socket.send(JSON.stringify({ v: 1, id: number, kind, scenario, base, seed, outcome }));
}

function hear({ kind, id, body }) {
  if (kind === "because") return showWhy(body);
  if (kind === "refused" || kind === "failed") {
    waiting = null;
    return notice([].concat(body).join(" "));
  }
  if (waiting?.number === id) waiting = null;
  if (id === number || !answer || body.stage === 1) {
    answer = { ...answer, ...body, number: id };
    if (!underOtherAssumptions()) answer.assumed = null;
    if (id === number) document.body.dataset.stage = body.stage;
    drawSoon();
  }
  if (pending) ask();
}

function underOtherAssumptions() {
  const own = (of) => JSON.stringify(catalogue.assumptions.flatMap((group) => group.levers.map((one) => of.set[one.name] ?? null)));
  return own(state.scenario) !== own(state.base);
}

/** Brings everything up to a state that has changed. */
function changed({ settled = true } = {}) {
  state.keep();
  showChanges();
  delete document.body.dataset.stage;
  if (settled) pending = false;
  ask();
}

// ---- What is drawn -------------------------------------------------------------------------------------------

function drawSoon() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(draw);
}

const told = () => ({ ...answer, scenarioName: shortName(state.scenario), baseName: shortName(state.base) });
const isAlone = () => same(state.scenario, state.base);
const hides = () => view.predicting && !view.revealed;
const month = () => catalogue.snapshots[state.month];

function draw() {
  if (!answer?.base) return;
  const how = { month: month(), single: view.single, hides: hides(), alone: isAlone(), projector: view.projector };
  const known = told();
  for (const figure of figures) figure.draw(known, how);
  showHeadline(known);
}

function lineFigure(place) {
  const select = make("select", { id: `chart-${place}` }, ...options());
  select.setAttribute("aria-label", `What chart ${place + 1} shows`);
  select.addEventListener("change", () => { state.charts[place] = select.value; plot.domain = null; state.keep(); draw(); });
  const plot = make("div", { className: "plot" });
  const outcome = () => state.outcomes.get(state.charts[place]);
  const element = make("figure", { id: `figure-${place}` }, make("figcaption", {}, select, tools(() => ({
    name: outcome().name, title: outcome().title, unit: outcome().unit, table: lineTable(outcome().name, told()), svg: plot.firstChild, why: outcome().name,
  }))), plot);
  return {
    element,
    draw(known, how) {
      select.value = outcome().name;
      const guesses = outcome().name === state.outcome ? view.guesses : [];
      plot.dataset.alt = altOf(outcome(), known, how);
      drawLines(plot, outcome(), known, { ...how, guesses });
    },
  };
}

function shareFigure() {
  const plot = make("div", { className: "plot" });
  const element = make("figure", { id: "figure-shares" }, make("figcaption", {}, make("h3", { textContent: "Who does the work" }), tools(() => ({
    name: "shares", title: "Who does the work", unit: "% of spend", table: shareTable(told()), svg: plot.firstChild, why: "outside_nhs_share",
  }))), plot);
  return {
    element,
    draw(known, how) {
      const of = how.hides ? known.base : known.scenario;
      const parts = SOURCES.map(([name, , words]) => `${words} ${shown((of.mean ?? of.line)[name][59], "percent")}`);
      plot.dataset.alt = `Stacked areas of spend by source; in ${monthOf(59)}: ${parts.join(", ")}.`;
      drawShares(plot, known, how);
    },
  };
}

function mapFigure() {
  const plot = make("div", { className: "plot map" }), key = make("p", { className: "key" });
  const title = make("h3", {});
  const element = make("figure", { id: "figure-map" }, make("figcaption", {}, title, tools(() => ({
    name: "map", title: title.textContent, unit: "a tile a CCG", table: mapTable(told(), catalogue.ccgs, state.month, answer.stage), svg: plot.firstChild, why: "home_css_share", key: [...key.children].map((one) => one.textContent).join("; "),
  }))), plot, key);
  return {
    element,
    draw(known, how) {
      map ??= new TileMap(plot, catalogue.ccgs);
      const of = how.hides ? known.base : known.scenario;
      const letters = of.map[state.month], base = how.alone || how.hides ? null : known.base.map[state.month];
      title.textContent = `Main source of each CCG, ${monthOf(how.month)}`;
      const counts = SOURCES.map(([, letter, words, fill, ink]) => ({ letter, words, fill, ink, count: [...letters].filter((one) => one === letter).length }));
      const moved = base ? [...letters].filter((letter, place) => letter !== base[place]).length : 0;
      const parts = counts.map((one) => `${one.words} ${one.count}`).join(", ");
      map.draw(letters, base, `Tile map of ${catalogue.ccgs.code.length} CCGs by main source of support: ${parts}. ${moved} differ from the baseline.`);
      key.replaceChildren(...counts.map((one) => {
        const swatch = make("span", { className: "swatch", textContent: one.letter });
        swatch.dataset.source = one.letter;
        return make("span", { className: "entry" }, swatch, ` ${one.words} ${one.count}`);
      }), ...(base ? [make("span", { className: "entry", textContent: `Pale: as in the baseline (${letters.length - moved})` })] : []));
    },
  };
}

const options = () => catalogue.outcomes.map((one) => make("option", { value: one.name, textContent: one.title }));

function tools(what) {
  const data = make("button", { type: "button", textContent: "Table" });
  data.addEventListener("click", () => { if (answer) showData(what()); });
  return make("span", { className: "tools" }, data);
}

function showHeadline(known) {
  const outcome = state.outcomes.get(state.outcome), { name, form } = outcome;
  const of = hides() ? known.base : known.scenario;
  const value = of.bands ? of.bands[name][2][month()] : of.line[name][month()];
  $("number").textContent = hides() ? "?" : shown(value, form);
  const bands = of.bands?.[name];
  const spread = bands ? `${shown(bands[0][month()], form)} to ${shown(bands[4][month()], form)} in nine runs of ten` : "one run, the first";
  $("spread").textContent = hides() ? "What do you expect? Guess below, then reveal." : spread;
  $("gap").textContent = gapWords(known, outcome);
  showProgress();
  const dates = datesOf(known, { hides: hides() });
  $("dates").textContent = dates.length ? `Policy dates: ${datesKey(dates)}` : "";
  $("foot").textContent = sourceLine();
  if (known.stage === 200 && !hides()) {
    const said = `${outcome.title} in ${monthOf(month())}, ${shortName(state.scenario)}: ${shown(value, form)}, ${spread}. ${$("gap").textContent}`;
    if ($("said").textContent !== said) $("said").textContent = said;
  }
}

function gapWords(known, outcome) {
  if (hides()) return "";
  if (isAlone()) return "This is the baseline. Move a lever.";
  const { name, form } = outcome, { mean, more, less } = known.difference, place = state.month;
  const size = mean[name][place], runs = known.stage, base = shortName(state.base);
  const same = shownChange(size, form);
  if (!size && !more[name][place] && !less[name][place]) return `The same as ${base} in ${runs === 1 ? "this run" : `all ${runs} runs`}.`;
  const way = size > 0 ? "more" : form === "count" || form === "fte" ? "fewer" : "less", agree = size > 0 ? more[name][place] : less[name][place];
  const arrow = size > 0 ? "▲" : "▼";
  const runsWords = runs === 1 ? "on the same luck" : `${way} in ${agree} of ${runs} runs on the same luck`;
  return `${arrow} ${same} ${way} than ${base} on average, ${runsWords}`;
}

function sourceLine() {
  const last = state.seed + (answer?.stage ?? 1) - 1;
  const seeds = last === state.seed ? `seed ${last}` : `seeds ${state.seed} to ${last}`;
  return `csmarket ${catalogue.version}; ${shortName(state.scenario)}; ${seeds}. Bands: nine runs in ten, and half of them. They are the spread of the model over chance, not of a forecast.`;
}

function showChanges() {
  const preset = state.presets.get(state.scenario.preset);
  $("preset").value = state.scenario.preset;
  $("question").textContent = preset.question;
  $("undo").disabled = !state.past.length;
  $("redo").disabled = !state.future.length;
  const differences = state.differences();
  const words = differences.length ? `${differences.length === 1 ? "1 lever differs" : `${differences.length} levers differ`} from ${shortName(state.base)}` : `Nothing differs from ${shortName(state.base)}`;
  $("differs").firstElementChild.textContent = words;
  $("differs").lastElementChild.replaceChildren(...differences.map(({ name, now, was, moves }) => {
    const lever = state.levers.get(name);
    const later = moves === "[]" ? "" : `; ${JSON.parse(moves).map(([at, , value]) => `${leverValue(lever, value)} from ${monthOf(at)}`).join(", ")}`;
    return make("li", { textContent: `${lever.label}: ${leverValue(lever, was)} → ${leverValue(lever, now)}${later}` });
  }));
}

function notice(words) {
  $("notice").hidden = !words;
  $("notice").textContent = words;
}

// ---- Dialogs -------------------------------------------------------------------------------------------------

function show(title, ...content) {
  $("dialog-title").textContent = title;
  $("dialog-body").replaceChildren(...content);
  if (!$("dialog").open) $("dialog").showModal();
}

function showData(what) {
  const file = `csmarket_${state.scenario.preset}_${what.name}`, note = sourceLine();
  const about = () => JSON.stringify({ chart: what.name, title: what.title, unit: what.unit, scenario: state.scenario, base: state.base, seeds: [state.seed, state.seed + answer.stage - 1], model: catalogue.version, link: location.origin + "/" + state.hash(), note }, null, 2);
  const button = (text, act) => { const one = make("button", { type: "button", textContent: text }); one.addEventListener("click", act); return one; };
  const svg = () => svgOf(what.svg, what.title, [what.key ?? $("dates").textContent, note].filter(Boolean));
  const wide = make("div", { className: "scroll", tabIndex: 0 }, tableElement(what.table, `${what.title} (${what.unit}). ${note}`));
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", "Table");
  show(what.title, make("p", { className: "buttons" },
    button("Why did it change?", () => askWhy(what.why)),
    button("CSV", () => save(`${file}.csv`, csvOf(what.table), "text/csv")),
    button("SVG", () => save(`${file}.svg`, svg(), "image/svg+xml")),
    button("PNG", async () => save(`${file}.png`, await pngOf(svg()), "image/png")),
    button("What it is of (JSON)", () => save(`${file}.json`, about(), "application/json"))), wide);
}

function askWhy(outcome) {
  if (isAlone()) return show("Why did it change?", make("p", { textContent: "Nothing differs from the baseline. Move a lever, then ask." }));
  show("Why did it change?", make("p", { textContent: "Looking at both runs…" }));
  send("why", outcome);
}

function showWhy({ outcome, levers: moved, events }) {
  if (!$("dialog").open || $("dialog-title").textContent !== "Why did it change?") return;
  const { title, form } = state.outcomes.get(outcome);
  const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${shownChange(value, form)}`;
  const content = [make("p", {}, make("strong", { textContent: title }))];
  if (moved.alone.length) {
    content.push(make("h3", { textContent: `Which lever, each moved alone? (${monthOf(59)}, mean of ${moved.runs} runs)` }), make("ul", {},
      ...moved.alone.map(([name, step]) => make("li", { textContent: `${state.levers.get(name).label}: ${signed(step)}` })),
      make("li", { textContent: `What they do together beyond that: ${signed(moved.together)}` }), make("li", { textContent: `All of them: ${signed(moved.total)}` })));
  }
  if (events.month === null) content.push(make("p", { textContent: `In the run with seed ${events.seed} it does not differ at all.` }));
  else {
    const list = (lines) => (lines.length ? make("ul", {}, ...lines.map((line) => make("li", { textContent: line }))) : make("p", { textContent: events.month < HANDOVER ? "No event of the kind. Before April 2013 CCGs state intentions, which leave none." : "No event of the kind." }));
    content.push(make("h3", { textContent: `The largest step: ${signed(events.step)} in ${monthOf(events.month)}, in a typical run (seed ${events.seed})` }),
      make("p", { textContent: `Only in ${shortName(state.scenario)}, then or the month before:` }), list(events.scenario),
      make("p", { textContent: `Only in ${shortName(state.base)}:` }), list(events.base));
  }
  show("Why did it change?", ...content);
}

function showLink() {
  const field = make("input", { type: "text", readOnly: true, value: `${location.origin}/${state.hash()}`, className: "wide" });
  field.setAttribute("aria-label", "Link to what is shown");
  const copy = make("button", { type: "button", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    copy.textContent = navigator.clipboard ? "Copied" : "Selected: copy with Ctrl+C";
  });
  show("A link to what is shown", make("p", { textContent: "It holds only what differs from the baseline." }), make("p", { className: "buttons" }, field, copy));
}

function showHelp() {
  const keys = [["Arrows", "move a lever by one step; Page Up and Page Down by ten"], ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo: one gesture each, a hundred back"]];
  const projected = [["N, P", "next and previous scenario"], ["R", "reveal"], ["B", "blank the screen, and back"], ["U", "undo"]];
  const list = (pairs) => make("dl", {}, ...pairs.flatMap(([key, does]) => [make("dt", { textContent: key }), make("dd", { textContent: does })]));
  show("Help",
    make("p", { textContent: "Move a lever: the market of 211 CCGs is run again at once, first with one run, then 20, then 200. The dashed line is the baseline on the same luck." }),
    make("p", { textContent: "Things to try: let the board pay all redundancy; end hosting in 2014; cut the allowance, then ask why." }),
    make("p", { textContent: "It is not a forecast: it shows what follows from rules that can be read, and nothing that happened after September 2012 is in it." }),
    make("h3", { textContent: "Keys" }), list(keys), make("h3", { textContent: "Keys in projector mode" }), list(projected));
}

// ---- Predict, then reveal --------------------------------------------------------------------------------------

function showPrediction() {
  const box = $("prediction"), outcome = state.outcomes.get(state.outcome);
  box.hidden = !view.predicting;
  $("predict").setAttribute("aria-pressed", String(view.predicting));
  if (!view.predicting) return;
  const label = make("label", { htmlFor: "guess", textContent: `Guess: ${outcome.title}, ${monthOf(month())} (${outcome.unit})` });
  const guess = make("input", { id: "guess", type: "number", step: "any" });
  const add = make("button", { type: "submit", textContent: "Add a guess" });
  const form = make("form", {}, label, guess, add);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (guess.value === "" || !Number.isFinite(guess.valueAsNumber)) return;
    view.guesses.push(guess.valueAsNumber);
    showPrediction();
    draw();
    $("guess").focus();
  });
  const reveal = make("button", { id: "reveal", type: "button", className: "main", textContent: view.revealed ? "Hide again" : "Reveal" });
  reveal.addEventListener("click", toggleReveal);
  const clear = make("button", { type: "button", textContent: "Clear guesses" });
  clear.addEventListener("click", () => { view.guesses = []; showPrediction(); draw(); });
  box.replaceChildren(form, make("p", { className: "buttons" }, reveal, clear), make("p", { id: "verdict", textContent: verdict(outcome) }));
}

function verdict(outcome) {
  const guesses = [...view.guesses].sort((a, b) => a - b), form = outcome.form;
  const amount = (value) => (Number.isInteger(value) ? shown(value, form) : shownMean(value, form));
  if (!guesses.length) return "No guess yet.";
  const middle = (guesses[Math.floor((guesses.length - 1) / 2)] + guesses[Math.floor(guesses.length / 2)]) / 2;
  const range = guesses.length === 1 ? `The guess is ${amount(middle)}.` : `${guesses.length} guesses, ${shown(guesses[0], form)} to ${shown(guesses.at(-1), form)}, in the middle ${amount(middle)}.`;
  if (!view.revealed || !answer) return range;
  const of = answer.scenario, value = of.bands ? of.bands[outcome.name][2][month()] : of.line[outcome.name][month()];
  const gap = value - middle;
  return `${range} The model says ${shown(value, form)}: ${gap ? `${form === "count" ? amount(Math.abs(gap)) : shownChange(gap, form)} ${gap > 0 ? "more" : "less"} than the middle guess` : "as guessed"}.`;
}

function toggleReveal() {
  if (!view.predicting) return;
  view.revealed = !view.revealed;
  showPrediction();
  draw();
}

// ---- Buttons and keys ------------------------------------------------------------------------------------------

function pick(name) {
  state.remember();
  state.scenario = { preset: name, set: {} };
  levers.update();
  changed();
}

function back(step) {
  if (!state.readOnly && step()) { levers.update(); changed(); }
}

function reset() {
  const wasReadOnly = state.readOnly;
  state.remember();
  state.readOnly = false;
  state.scenario = structuredClone(AUTHORED);
  state.base = structuredClone(AUTHORED);
  if (wasReadOnly) notice("");
  levers.update();
  changed();
}

function next(step) {
  const names = catalogue.presets.map((one) => one.name);
  pick(names[(names.indexOf(state.scenario.preset) + step + names.length) % names.length]);
}

function toggleProjector() {
  view.projector = !view.projector;
  document.documentElement.classList.toggle("projector", view.projector);
  $("projector").setAttribute("aria-pressed", String(view.projector));
  draw();
}

const PROJECTOR_KEYS = { n: () => next(1), p: () => next(-1), r: toggleReveal, b: () => { $("blank").hidden = !$("blank").hidden; }, u: () => back(() => state.undo()) };

function press(event) {
  if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && event.target.type !== "text" && event.target.type !== "number") {
    event.preventDefault();
    return back(() => (event.shiftKey ? state.redo() : state.undo()));
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !$("dialog").open;
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "range";
  const act = PROJECTOR_KEYS[event.key.toLowerCase()];
  if (view.projector && plain && !typing && act) { event.preventDefault(); act(); }
}

function listen() {
  $("preset").replaceChildren(...catalogue.presets.map((one) => make("option", { value: one.name, textContent: one.title })));
  $("preset").addEventListener("change", () => pick($("preset").value));
  $("outcome").replaceChildren(...options());
  $("outcome").addEventListener("change", () => { state.outcome = $("outcome").value; view.guesses = []; state.keep(); showPrediction(); draw(); });
  $("month").replaceChildren(...catalogue.snapshots.map((place, index) => make("option", { value: index, textContent: monthOf(place) })));
  $("month").addEventListener("change", () => { state.month = Number($("month").value); state.keep(); showPrediction(); draw(); });
  $("why").addEventListener("click", () => { if (answer) askWhy(state.outcome); });
  $("undo").addEventListener("click", () => back(() => state.undo()));
  $("redo").addEventListener("click", () => back(() => state.redo()));
  $("reset").addEventListener("click", reset);
  $("pin").addEventListener("click", () => { state.remember(); state.base = structuredClone(state.scenario); levers.update(); changed(); });
  $("predict").addEventListener("click", () => { view.predicting = !view.predicting; view.revealed = false; view.guesses = []; showPrediction(); draw(); });
  $("runs").addEventListener("click", () => { view.single = !view.single; $("runs").setAttribute("aria-pressed", String(view.single)); draw(); });
  $("link").addEventListener("click", showLink);
  $("projector").addEventListener("click", toggleProjector);
  $("help").addEventListener("click", showHelp);
  $("close").addEventListener("click", () => $("dialog").close());
  $("blank").addEventListener("click", () => { $("blank").hidden = true; });
  addEventListener("keydown", press);
  whenResized(drawSoon);
  addEventListener("hashchange", () => { load(); changed(); });
}

function load() {
  const notes = [...new Set(state.read(location.hash))];
  notice(notes.join(" "));
  $("outcome").value = state.outcome;
  $("month").value = state.month;
  for (const id of ["preset", "pin"]) $(id).disabled = state.readOnly;
  levers.update();
}

levers = new Levers(state, {
  begin: () => state.remember(),
  move: () => changed({ settled: false }),
  end: () => changed(),
});
for (const [place] of state.charts.entries()) figures.push(lineFigure(place));
figures.splice(1, 0, shareFigure());
figures.push(mapFigure());
$("figures").append(...figures.map((figure) => figure.element));
listen();
load();
showChanges();
connect();
