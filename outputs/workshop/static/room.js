// A player's phone.
import { Wire, at, bigPounds, hundred, kept, make, newSecret, pounds, runClock, share, timeLeft } from "/static/room_wire.js";

const secret = kept.get("room-secret") || newSecret();
kept.set("room-secret", secret);
let state = null, draft = null, draftFor = "", joined = false, sent = null, asked = false;

const invited = decodeURIComponent(location.hash.slice(1)).slice(0, 12);
if (invited) at("code").value = invited;
const showClock = runClock((left) => {
  at("clock").hidden = left == null;
  at("clock").textContent = left == null ? "" : left > 0 ? timeLeft(left) : "Time is up";
});
const say = (text, fault = false) => { at("say").textContent = text; at("say").className = fault ? "field fault" : "field"; };

const wire = new Wire(() => ({ do: "hello", token: secret }), (message) => {
  if (message.do === "online") { at("offline").hidden = message.on; if (message.on && asked) join(); }
  else if (message.do === "welcome") {
    joined = message.joined;
    at("join").hidden = joined;
    if (joined) { asked = false; say(""); } else if (!asked) { state = null; at("seat").replaceChildren(); at("title").textContent = "Join the room"; }
  } else if (message.do === "refused") { asked = false; say(message.why.join(" "), true); }
  else if (message.do === "done") { if (message.n === sent) say("Sent. You may change it until the season closes."); }
  else if (message.do === "state") show(message);
});

function join() {
  asked = true;
  wire.tell({ do: "join", code: at("code").value, name: at("name").value, seat: at("want").value });
}
at("join").addEventListener("submit", (event) => { event.preventDefault(); join(); });

function show(next) {
  const key = next.season ? `${next.season.id}/${next.phase}/${next.me.seat}/${next.played}` : "";
  if (key !== draftFor) { draft = next.sheet ? structuredClone(next.sheet) : null; draftFor = key; say(""); }
  else if (next.sheet && JSON.stringify(next.sheet) !== JSON.stringify(state.sheet)) draft = structuredClone(next.sheet);
  state = next;
  at("frozen").hidden = !state.frozen;
  at("title").textContent = state.me.seat ? `${state.me.seat_name}` : `${state.me.name}, watching`;
  showClock(state.clock);
  draw();
}

function draw() {
  const open = [...document.querySelectorAll("details[open]")].map((one) => one.id);
  const focus = document.activeElement && document.activeElement.id;
  const parts = [where()];
  if (state.phase === "moving") parts.push(make("p", {}, "The market moves…"));
  else if (!state.me.seat) parts.push(free());
  else {
    parts.push(last());
    if (state.phase === "finished") parts.push(make("p", {}, "The game is over. Look up for the debrief."));
    else if (state.view) {
      const body = { ccg: ccg, unit: unit, board: board }[state.view.kind]();
      parts.push(...body);
      if (state.near) parts.push(near());
      if (state.phase === "open") parts.push(foot());
    }
  }
  at("seat").replaceChildren(...parts.filter(Boolean));
  for (const id of open) if (at(id)) at(id).open = true;
  if (focus && at(focus)) at(focus).focus({ preventScroll: true });
}

function where() {
  const season = state.season, who = state.me.with && state.me.with.length ? ` You share this seat with ${state.me.with.join(", ")}.` : "";
  const told = season ? `Season ${season.number} of ${season.of}: ${season.name}. ` : "";
  const task = state.phase === "open" && season ? season.task : state.phase === "lobby" ? "Wait until the season opens; look around meanwhile." : "";
  return make("section", {}, make("p", {}, make("strong", {}, told), task), make("p", { class: "quiet" }, `You are ${state.me.name}.${who}`));
}

function free() {
  const list = make("select", { id: "free" }, make("option", { value: "any" }, "The next free CCG"),
    state.free.map((one) => make("option", { value: one.id }, one.name)));
  return make("section", {}, make("p", { class: "field" }, "You watch. The model plays every empty seat; you may take one over."),
    make("p", { class: "field" }, make("label", { for: "free" }, "Seat"), list),
    make("button", { class: "main", onclick: () => wire.tell({ do: "sit", seat: list.value }) }, "Take the seat"));
}

function last() {
  const told = state.last;
  if (!told) return null;
  const rows = { spend: ["Support, £ a head a year", (v) => pounds(v)], satisfaction: ["Satisfaction, of 100", hundred],
    unmet: ["Need not met", (v) => share(v, 1)], redundancy: ["Redundancy when work moved", bigPounds], customers: ["Customers (CCGs)", String],
    staff: ["Staff (FTE)", (v) => v.toFixed(0)], reserves: ["Reserves", bigPounds], quality: ["Quality", (v) => share(v)], units: ["Units operating", String] };
  const table = make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "After the season"),
    make("th", { scope: "col", class: "number" }, "You"), make("th", { scope: "col", class: "number" }, "Agents alone"))),
    make("tbody", {}, Object.entries(rows).filter(([key]) => key in told.after).map(([key, [name, form]]) =>
      make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "number" }, form(told.after[key])), make("td", { class: "number" }, form(told.alone[key]))))));
  const lines = (told.lines || []).map((one) => make("li", {}, make("strong", {}, `${one.name}: `), `you asked for ${one.asked}: ${one.came}.`));
  return make("section", {}, make("h2", {}, `What came of ${told.season}`), lines.length ? make("ul", {}, lines) : null, make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "After the season" }, table));
}

const chosen = () => (draft && draft.lines) || {};
function total() {
  const costs = { ...state.view.costs };
  for (const line of state.view.lines) {
    const one = line.sources.find((source) => source.id === chosen()[line.id]);
    if (one) costs[line.id] = one.price;
  }
  return Object.values(costs).reduce((sum, cost) => sum + cost, 0);
}

const usual = () => Object.values(state.view.costs).reduce((sum, cost) => sum + cost, 0);

function ccg() {
  const view = state.view, sum = total(), over = sum > view.room + 1e-6;
  const fill = make("div", {});
  fill.style.width = `${Math.min(100, (100 * sum) / view.room)}%`;
  const text = `${pounds(sum)} a head of the ${pounds(view.room)} that the allowance leaves for support${over ? (sum > usual() + 1e-6 ? ": choose something cheaper" : ": what is over will be cut") : ""}.`;
  return [make("section", {}, make("h2", {}, "Your allowance"), make("div", { class: over ? "room-bar over" : "room-bar" }, fill),
    make("p", { class: over ? "fault" : "quiet" }, text),
    make("p", { class: "quiet" }, `${view.people.toLocaleString("en-GB")} people. Satisfaction ${hundred(view.satisfaction)} of 100. Home unit: ${view.home || "none"}.`)),
  make("section", {}, make("h2", {}, "Make, share or buy?"), view.lines.map(line))];
}

function line(one) {
  const pick = chosen()[one.id], picked = one.sources.find((source) => source.id === pick), closed = state.phase !== "open";
  const plain = one.plan ? `${one.open ? "intended" : "signed"}: ${one.plan}` : `now: ${one.now}, until ${one.until}`;
  const summary = make("summary", {}, make("strong", {}, one.name), picked ? `You choose: ${picked.what}` : one.open ? `Left to your staff (${plain})` : plain);
  const radio = (id, what, price, note) => make("label", { class: "source" },
    make("input", { type: "radio", id: `${one.id}-${id}`, name: one.id, checked: (pick || "") === id, disabled: closed, onchange: () => choose(one.id, id) }),
    make("span", {}, what), make("b", {}, price), note ? make("small", {}, note) : null);
  const sources = one.open ? [radio("", "Leave it to your staff", pounds(state.view.costs[one.id]), ""), one.sources.map((source) => radio(source.id, source.what, pounds(source.price), note(source)))] : [];
  return make("details", { class: "line", id: `line-${one.id}` }, summary, sources,
    one.open ? make("p", { class: "source" }, make("span", {}), make("small", {}, `${one.staff.toFixed(1)} staff do this work for you now.`)) : null);
}

function note(source) {
  const parts = [`Quality ${share(source.quality)}`];
  if (source.stays) parts.push("what you have now");
  else if (source.redundant >= 0.05) {
    parts.push(`${source.redundant.toFixed(1)} staff redundant, ${bigPounds(source.bill)}: ${state.view.trust_pays ? "the trust pays" : `you pay ${bigPounds(source.own)}`}`);
  }
  if (source.if_agreed) parts.push("only if they choose it too or do it themselves");
  return parts.join("; ");
}

function choose(lineId, source) {
  const lines = { ...chosen() };
  if (source) lines[lineId] = source; else delete lines[lineId];
  draft = { lines };
  say("Not sent yet.");
  draw();
}

function slider(id, name, low, high, step, value, form) {
  const out = make("output", { for: id }, form(value));
  return make("p", { class: "field" }, make("label", { for: id }, name, " "), out,
    make("input", { type: "range", id, min: low, max: high, step, value, disabled: state.phase !== "open",
      oninput: (event) => { out.textContent = form(Number(event.target.value)); draft = { ...draft, [id]: Number(event.target.value) }; say("Not sent yet."); } }));
}
const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(100 * value).toFixed(0)}%`;

function unit() {
  const view = state.view;
  draft = { price: 0, staff: 0, merger: "model", ...draft };
  if (!view.sells) return [make("section", {}, make("p", {}, `This unit has left the market (${view.status}).${view.heir ? ` ${view.heir} carries on its work.` : ""}`))];
  const merge = make("select", { id: "merger", disabled: state.phase !== "open", onchange: (event) => { draft = { ...draft, merger: event.target.value }; say("Not sent yet."); } },
    [["model", "Leave it to the model"], ["no", "Join nobody"], ...view.partners.map((one) => [one.id, `Offer to join with ${one.name}`])]
      .map(([value, text]) => make("option", { value, selected: value === draft.merger }, text)));
  return [make("section", {}, make("h2", {}, `Your unit (${view.status})`),
    make("p", {}, `${view.customers} CCGs buy from you (${view.people.toLocaleString("en-GB")} people). ${view.staff.toFixed(0)} staff. Reserves ${bigPounds(view.reserves)}. Price of all lines ${pounds(view.price)} a head. Quality ${share(view.quality)}.`)),
  make("section", {}, make("h2", {}, "Prices, staff, merger"),
    slider("price", "Prices against what the model would post", view.limits.price[0], view.limits.price[1], 0.01, draft.price, signed),
    slider("staff", "Staff: cut at your cost, or hire", view.limits.staff[0], view.limits.staff[1], 0.01, draft.staff, signed),
    make("p", { class: "field" }, make("label", { for: "merger" }, "Merger (from April 2013)"), merge))];
}

function board() {
  const view = state.view;
  draft = { allowance: view.allowance, pass_mark: view.pass_mark, ...draft };
  return [make("section", {}, make("h2", {}, "The board"), make("p", {}, `${view.units} units operate. CCGs pay ${pounds(view.spend)} a head for support. Need not met: ${share(view.unmet, 1)}.`),
    view.april ? slider("allowance", `Allowance a head a year, from ${view.april}`, view.limits.allowance[0], view.limits.allowance[1], 0.5, draft.allowance, (v) => pounds(v)) : null,
    view.checkpoint ? slider("pass_mark", "Pass mark of the next checkpoint", view.limits.pass_mark[0], view.limits.pass_mark[1], 0.005, draft.pass_mark, (v) => v.toFixed(3)) : null)];
}

function near() {
  const lines = state.view.lines;
  return make("section", {}, make("h2", {}, "Your neighbours"), state.near.map((one, place) => make("details", { class: "line", id: `near-${place}` },
    make("summary", {}, make("strong", {}, one.name), one.played ? (Object.keys(one.says).length ? "has chosen" : "played by somebody here") : "played by the model"),
    make("ul", {}, lines.map((line) => make("li", {}, `${line.name}: ${one.says[line.id] ? `chooses ${one.says[line.id]}` : one.now[line.id]}`))))));
}

function foot() {
  const over = state.view.kind === "ccg" && total() > state.view.room + 1e-6 && total() > usual() + 1e-6;
  const same = JSON.stringify(draft) === JSON.stringify(state.sheet);
  return make("div", { class: "foot" }, make("p", { class: over ? "fault" : "quiet" }, over ? "Over the allowance." : same && draft ? "This is what the room has." : ""),
    make("button", { class: "main", id: "send", disabled: over, onclick: () => {
      const sheet = state.view.kind === "ccg" ? { lines: chosen() } : draft;
      sent = wire.tell({ do: "choose", season: state.season.id, sheet });
      say("Sending…");
    } }, "Send to the room"));
}
