// What a page shows: a small state, kept in the link as far as it differs from the baseline, with undo.
export const VERSION = "1";
const MOST_UNDO = 100;
const WAIT = 150; // ms before the link follows

export const AUTHORED = { preset: "baseline", set: {} };
const START = { seed: 1, outcome: "css_operating", month: 6, charts: ["css_operating", "spend_per_head", "redundancy_cost_to_date"] };
const MOST_SEED = 1e15;

export const same = (a, b) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
const ordered = (one) => [one.preset, Object.entries(one.set).sort(([a], [b]) => (a < b ? -1 : 1))];
const copy = (value) => JSON.parse(JSON.stringify(value));

export class State {
  /** @param {object} catalogue what the server told of levers, presets and outcomes */
  constructor(catalogue) {
    this.catalogue = catalogue;
    this.levers = new Map([...catalogue.policy, ...catalogue.assumptions].flatMap((group) => group.levers.map((one) => [one.name, one])));
    this.presets = new Map(catalogue.presets.map((one) => [one.name, one]));
    this.outcomes = new Map(catalogue.outcomes.map((one) => [one.name, one]));
    this.past = [];
    this.future = [];
    this.readOnly = false;
    Object.assign(this, copy(START), { scenario: copy(AUTHORED), base: copy(AUTHORED) });
  }

  /** Returns the value of a lever in the scenario, or in another. */
  value(name, of = this.scenario) {
    if (name in of.set) return of.set[name];
    const changes = this.presets.get(of.preset).changes;
    return name in changes ? changes[name] : this.levers.get(name).default;
  }

  /** Returns the dates on which the scenario itself changes a lever. */
  dated(name) {
    return name in this.scenario.set ? [] : this.presets.get(this.scenario.preset).dated.filter(([, other]) => other === name);
  }

  /** Sets a lever; the preset's own value is no difference. */
  set(name, value) {
    const own = this.presets.get(this.scenario.preset);
    const isOwn = value === (name in own.changes ? own.changes[name] : this.levers.get(name).default);
    if (isOwn && !own.dated.some(([, other]) => other === name)) delete this.scenario.set[name];
    else this.scenario.set[name] = value;
  }

  /** Remembers where a gesture began, so that one undo takes it back. */
  remember() {
    this.past.push(copy([this.scenario, this.base]));
    this.past = this.past.slice(-MOST_UNDO);
    this.future = [];
  }

  undo() { return this.#step(this.past, this.future); }
  redo() { return this.#step(this.future, this.past); }

  #step(from, to) {
    if (!from.length) return false;
    to.push(copy([this.scenario, this.base]));
    [this.scenario, this.base] = from.pop();
    return true;
  }

  /** Returns names of levers in which the scenario differs from the base, with both values. */
  differences() {
    const dated = (of, name) => JSON.stringify(this.presets.get(of.preset).dated.filter(([, other]) => other === name && !(name in of.set)));
    return [...this.levers.keys()]
      .map((name) => ({ name, now: this.value(name), was: this.value(name, this.base), moves: dated(this.scenario, name), moved: dated(this.base, name) }))
      .filter((one) => one.now !== one.was || one.moves !== one.moved);
  }

  // ---- The link ------------------------------------------------------------------------------------------

  /** Returns the state as the part of an address after #. */
  hash() {
    const parts = new URLSearchParams({ v: VERSION, model: this.catalogue.version });
    const kept = (key, value, usual) => { if (String(value) !== String(usual)) parts.set(key, value); };
    kept("seed", this.seed, START.seed);
    for (const [key, letter, one] of [["p", "s", this.scenario], ["bp", "b", this.base]]) {
      kept(key, one.preset, AUTHORED.preset);
      for (const [name, value] of Object.entries(one.set)) parts.set(`${letter}.${name}`, value);
    }
    kept("h", this.outcome, START.outcome);
    kept("m", this.month, START.month);
    kept("c", this.charts.join(","), START.charts.join(","));
    return `#${parts}`;
  }

  /** Writes the state into the link a moment later. */
  keep() {
    if (this.readOnly) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", this.hash()), WAIT);
  }

  /**
   * Reads the state from a link: values are brought into their ranges, and what is not known is left out.
   * @returns {string[]} what had to be left out or changed
   */
  read(hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, "").slice(0, 20000));
    const notes = [];
    Object.assign(this, copy(START), { scenario: copy(AUTHORED), base: copy(AUTHORED), readOnly: false });
    if (![...parts.keys()].length) return notes;
    if (parts.get("v") !== VERSION) {
      this.readOnly = true;
      return ["This link was made by another version of the page. It shows the baseline, and nothing can be moved until you press Reset."];
    }
    const model = parts.get("model");
    if (model && model !== this.catalogue.version) notes.push("This link was made with another version of the model: numbers may differ.");
    this.#readScenario(parts, "p", "s.", this.scenario, notes);
    this.#readScenario(parts, "bp", "b.", this.base, notes);
    this.#readView(parts, notes);
    return notes;
  }

  #readScenario(parts, key, letter, into, notes) {
    const preset = parts.get(key);
    if (preset && this.presets.has(preset)) into.preset = preset;
    else if (preset) notes.push("The link names a scenario that is not in the library; the baseline stands in.");
    for (const [part, text] of parts) {
      if (!part.startsWith(letter)) continue;
      const lever = this.levers.get(part.slice(letter.length));
      const value = lever && valueOf(lever, text);
      if (value === undefined || value === null) { notes.push("The link holds something that is no lever, or no value of it; it was left out."); continue; }
      if (typeof value === "number" && value !== Number(text)) notes.push(`${lever.label ?? lever.name} was brought into its range.`);
      into.set[lever.name] = value;
    }
  }

  #readView(parts, notes) {
    const seed = Number(parts.get("seed") ?? START.seed);
    if (Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED) this.seed = seed;
    else notes.push("The link's seed is no whole number; seed 1 stands in.");
    if (this.outcomes.has(parts.get("h"))) this.outcome = parts.get("h");
    const month = Number(parts.get("m") ?? START.month);
    if (Number.isInteger(month) && month >= 0 && month < this.catalogue.snapshots.length) this.month = month;
    const charts = (parts.get("c") ?? "").split(",").filter((name) => this.outcomes.has(name));
    if (charts.length === START.charts.length) this.charts = charts;
  }
}

/** Returns a text from a link as a value of a lever, in its range; undefined where it is none. */
function valueOf(lever, text) {
  if (typeof lever.default === "boolean") return { true: true, false: false }[text];
  if (lever.words.length) return lever.words.includes(text) ? text : undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) return undefined;
  const inside = Math.min(lever.most, Math.max(lever.low, value));
  return lever.whole ? Math.round(inside) : inside;
}
