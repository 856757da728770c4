// The facilitator's page.
import { Wire, at, hostSecret, make, runClock, timeLeft } from "/static/room_wire.js";

const secret = hostSecret();
let state = null, drawn = {};
const say = (text, fault = false) => { at("say").textContent = text; at("say").className = fault ? "field fault" : "field"; };
const showClock = runClock((left) => { at("clock").hidden = left == null; at("clock").textContent = left == null ? "" : left > 0 ? timeLeft(left) : "Time is up"; });
at("stranger").hidden = Boolean(secret);

const wire = new Wire(() => ({ do: "hello", as: "host", token: secret }), (message) => {
  if (message.do === "online") at("offline").hidden = message.on;
  else if (message.do === "refused") { say(message.why.join(" "), true); if (!state) at("stranger").hidden = false; }
  else if (message.do === "done") say("Done.");
  else if (message.do === "state") show(message);
});
const press = (id, message) => at(id).addEventListener("click", () => { const told = message(); if (told) wire.tell(told); });
press("open", () => ({ do: "open" }));
press("close", () => ({ do: "close", season: state.season.id }));
press("extend", () => ({ do: "extend", seconds: 60 }));
press("undo", () => ({ do: "undo" }));
press("finish", () => ({ do: "finish" }));
press("anew", () => confirm("Put this room aside and open a new one with another code?") && { do: "anew" });
press("erase", () => confirm("Erase every name, from the log too? This cannot be undone.") && { do: "erase" });

async function take(path, name) {
  const reply = await fetch(path, { headers: { authorization: `Bearer ${secret}` } });
  if (!reply.ok) { say("This could not be fetched.", true); return; }
  const link = make("a", { href: URL.createObjectURL(await reply.blob()), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
at("log").addEventListener("click", () => take("/room/log.json", "room-log.json"));
at("csv").addEventListener("click", () => take("/room/room.csv", "room.csv"));

function once(part, value, draw) {
  const key = JSON.stringify(value);
  if (drawn[part] !== key) { drawn[part] = key; draw(value); }
}

function show(next) {
  state = next;
  at("desk").hidden = false;
  at("stranger").hidden = true;
  showClock(state.clock);
  const open = state.phase === "open", moving = state.phase === "moving", season = state.season;
  at("where").textContent = moving ? "The market moves…" : state.phase === "finished" ? "The game is over" : season ? `${season.name} (${season.number} of ${season.of})` : "All seasons are played";
  at("task").textContent = season ? season.task : "Let the model play the rest, then go to the debrief.";
  at("open").disabled = open || moving || !season || state.phase === "finished";
  at("close").disabled = !open;
  at("extend").disabled = !open;
  at("undo").disabled = !state.can_undo || moving;
  at("finish").disabled = moving || state.phase === "finished" || !state.can_undo;
  at("done").textContent = open ? `${state.n_done} of ${state.seats.length} seats have chosen; the model plays those that have not.` : "";
  at("code").textContent = state.code;
  at("address").textContent = `${state.address}/room`;
  once("qr", state.qr, (qr) => { at("qr").src = qr; });
  once("switches", state.switches, switches);
  at("settings-card").hidden = state.can_undo;
  once("settings", [state.settings, state.places.length], settings);
  if (state.free) once("players", [state.players, state.free], players);
  at("grid-card").hidden = !state.grid;
  if (state.grid) once("grid", [state.grid, state.sheets], grid);
}

function switches(set) {
  const names = { lock: "Lock the door", hide: "Hide names", freeze: "Freeze screens" };
  at("switches").replaceChildren(...Object.entries(names).map(([name, text]) =>
    make("button", { "aria-pressed": String(set[name]), onclick: () => wire.tell({ do: "switch", switch: name, on: !set[name] }) }, text)));
}

function field(id, text, control) { control.id = id; return make("p", { class: "field" }, make("label", { for: id }, text), control); }
function settings([set, n]) {
  if (!n) return;
  const choice = (options, value) => make("select", {}, options.map(([id, text]) => make("option", { value: id, selected: String(id) === String(value) }, text)));
  const check = (id, text, on) => make("label", { class: "check" }, make("input", { type: "checkbox", id, checked: on }), text);
  const seasons = state.seasons.map((name, place) => [place, name]);
  at("settings").replaceChildren(
    field("first", "First season", choice(seasons, set.first)), field("last", "Last season", choice(seasons, set.last)),
    field("around", "Seats around", choice(state.places.map((one) => [one.id, one.name]), set.around)),
    field("seconds", "Seconds for a season", make("input", { type: "number", min: 30, max: 3600, value: set.seconds })),
    field("seed", "Seed of the luck", make("input", { type: "number", min: 1, max: 1000000000, value: set.seed })),
    make("fieldset", { class: "field" }, make("legend", {}, "Lines in play (5 at most)"), state.all_lines.map((line) => check(`line-${line.id}`, line.name, set.lines.includes(line.id)))),
    make("div", { class: "row" }, check("directors", "Unit directors", set.directors), check("board", "The board", set.board)),
    make("button", {}, "Keep these settings"));
}
at("settings").addEventListener("submit", (event) => {
  event.preventDefault();
  const whole = (id) => Number(at(id).value);
  wire.tell({ do: "set", settings: { first: whole("first"), last: whole("last"), seconds: whole("seconds"), seed: whole("seed"), around: at("around").value,
    directors: at("directors").checked, board: at("board").checked, lines: state.all_lines.map((line) => line.id).filter((id) => at(`line-${id}`).checked) } });
});

function players([list, free]) {
  const seats = [["watch", "watch"], ...state.seats.map((one) => [one.seat, one.name]), ...free.map((one) => [one.id, one.name])];
  const rows = list.map((one) => {
    const name = make("input", { type: "text", value: one.name, maxlength: 40, "aria-label": `Name of ${one.name}` });
    const seat = make("select", { "aria-label": `Seat of ${one.name}`, onchange: () => wire.tell({ do: "move", player: one.id, seat: seat.value }) },
      seats.map(([id, text]) => make("option", { value: id, selected: id === (one.seat || "watch") }, text)));
    name.addEventListener("change", () => wire.tell({ do: "rename", player: one.id, name: name.value }));
    return make("tr", {}, make("td", {}, name), make("td", {}, seat));
  });
  at("players").replaceChildren(list.length ? make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Name"), make("th", { scope: "col" }, "Seat"))), make("tbody", {}, rows)) : make("p", {}, "Nobody yet."));
}

function grid([rows, sheets]) {
  const names = Object.fromEntries(state.all_lines.map((line) => [line.id, line.name]));
  const body = rows.map((row) => {
    const said = (sheets[row.seat] || { lines: {} }).lines;
    const cells = row.lines.map((line) => {
      if (!line.open) return make("td", {}, "signed");
      const list = make("select", { "aria-label": `${row.name}: ${names[line.id]}`, onchange: () => {
        const lines = { ...said };
        if (list.value) lines[line.id] = list.value; else delete lines[line.id];
        wire.tell({ do: "enter", season: state.season.id, seat: row.seat, sheet: { lines } });
      } }, [["", "staff decide"], ...line.sources].map(([id, text]) => make("option", { value: id, selected: id === (said[line.id] || "") }, text)));
      return make("td", {}, list);
    });
    return make("tr", {}, make("th", { scope: "row" }, row.name), cells);
  });
  const heads = rows.length ? rows[0].lines.map((line) => make("th", { scope: "col" }, names[line.id])) : [];
  at("grid").replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "CCG"), heads)), make("tbody", {}, body)));
}
