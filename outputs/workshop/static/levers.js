// The levers: sliders, switches and lists with a named band, and behind each what it is and where it is from.
import { bandOf, leverValue, monthOf } from "./words.js";

const OPEN_AT_FIRST = matchMedia("(max-width: 899px)").matches ? 1 : 2;
const element = (kind, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(kind), properties);
  made.append(...children);
  return made;
};

export class Levers {
  /**
   * @param {State} state
   * @param {{begin: function, move: function, end: function}} gesture what a hand on a lever does
   */
  constructor(state, gesture) {
    this.state = state;
    this.gesture = gesture;
    this.shown = new Map();
    const { policy, assumptions } = state.catalogue;
    policy.forEach((group, place) => document.getElementById("policy").append(this.#group(group, place < OPEN_AT_FIRST)));
    assumptions.forEach((group) => document.getElementById("assumptions").append(this.#group(group, false)));
  }

  #group({ group, levers }, open) {
    const details = element("details", { className: "group", open }, element("summary", { textContent: group }));
    const fill = () => {
      if (details.childElementCount > 1) return;
      levers.forEach((lever) => details.append(this.#lever(lever)));
      this.update(levers);
    };
    if (open) fill();
    details.addEventListener("toggle", fill);
    return details;
  }

  #lever(lever) {
    const id = `lever-${lever.name.replace(".", "-")}`;
    const input = this.#input(lever, id);
    const about = element("div", { className: "info", id: `${id}-info`, hidden: true });
    const button = element("button", { type: "button", className: "about", textContent: "i" });
    button.setAttribute("aria-label", `About: ${lever.label}`);
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", about.id);
    button.addEventListener("click", () => {
      about.hidden = !about.hidden;
      button.setAttribute("aria-expanded", String(!about.hidden));
    });
    const value = element("output", { className: "value", htmlFor: id });
    const row = element("div", { className: "lever" }, element("label", { htmlFor: id, textContent: lever.label }), button, value, input, about);
    this.#explain(lever, about);
    this.shown.set(lever.name, { lever, input, value, row });
    return row;
  }

  #input(lever, id) {
    let input;
    if (typeof lever.default === "boolean" || lever.words.length) {
      const choices = lever.words.length ? lever.words : [false, true];
      input = element("select", { id }, ...choices.map((choice) => element("option", { value: String(choice), textContent: leverValue(lever, choice) })));
    } else {
      input = element("input", { id, type: "range", min: lever.low, max: lever.high, step: lever.step });
      const track = element("span", { className: "track" }, input, element("span", { className: "planned", title: "as planned" }));
      track.style.setProperty("--at", (lever.default - lever.low) / (lever.high - lever.low));
      this.#listen(input, lever);
      return track;
    }
    this.#listen(input, lever);
    return input;
  }

  #listen(input, lever) {
    const read = () => {
      if (typeof lever.default === "boolean") return input.value === "true";
      return lever.words.length ? input.value : Number(input.value);
    };
    let held = false;
    const move = () => {
      if (!held) this.gesture.begin();
      held = true;
      this.state.set(lever.name, read());
      this.update([lever]);
      this.gesture.move();
    };
    input.addEventListener("input", move);
    input.addEventListener("change", () => {
      if (read() !== this.state.value(lever.name)) move();
      held = false;
      this.gesture.end();
    });
  }

  #explain(lever, about) {
    const facts = [
      ["", lever.meaning],
      ["Planned", leverValue(lever, lever.default)],
      ["May be", lever.words.length || typeof lever.default === "boolean" ? "one of these" : `${leverValue(lever, lever.low)} to ${leverValue(lever, lever.most)}`],
      ["Unit", lever.unit],
      ["Source", lever.source],
      ["Name", lever.name],
    ];
    for (const [term, fact] of facts) about.append(element("p", {}, ...(term ? [element("strong", { textContent: `${term}: ` })] : []), fact));
    const back = element("button", { type: "button", textContent: "Back to the scenario's own value" });
    back.addEventListener("click", () => {
      if (!(lever.name in this.state.scenario.set)) return;
      this.gesture.begin();
      delete this.state.scenario.set[lever.name];
      this.update([lever]);
      this.gesture.end();
    });
    about.append(back);
  }

  /** Brings levers up to the state; all unless told. */
  update(levers = [...this.shown.values()].map((one) => one.lever)) {
    for (const lever of levers) {
      const shown = this.shown.get(lever.name);
      if (!shown) continue;
      const value = this.state.value(lever.name);
      const control = shown.input.querySelector?.("input") ?? shown.input;
      if (control.value !== String(value)) control.value = String(value);
      const band = bandOf(lever, value);
      const dated = this.state.dated(lever.name);
      const later = dated.map(([month, , then]) => `${leverValue(lever, then)} from ${monthOf(month)}`).join(", ");
      const words = [leverValue(lever, value), band, later && `then ${later}`].filter(Boolean).join(" · ");
      shown.value.textContent = control.tagName === "SELECT" ? (later && `then ${later}`) : words;
      if (control.type === "range") control.setAttribute("aria-valuetext", words);
      control.disabled = this.state.readOnly;
      shown.row.classList.toggle("differs", value !== this.state.value(lever.name, this.state.base));
    }
  }
}
