// The screen on the wall.
import { Wire, at, hostSecret, make, pounds, runClock, share, timeLeft } from "/static/room_wire.js";

const secret = hostSecret();
const showClock = runClock((left) => { at("clock").hidden = left == null; at("clock").textContent = left == null ? "" : left > 0 ? timeLeft(left) : "Time is up"; });
at("stranger").hidden = Boolean(secret);
new Wire(() => ({ do: "hello", as: "screen", token: secret }), (message) => {
  if (message.do === "state") show(message);
  else if (message.do === "refused") at("stranger").hidden = false;
});

const FIGURES = [["css_operating", "NHS units operating", String], ["in_house_share", "Made by CCGs' own teams", (v) => share(v, 1)],
  ["outside_nhs_share", "Bought outside the NHS", (v) => share(v, 1)], ["spend_per_head", "Paid for support, a head", (v) => pounds(v)]];

function show(state) {
  at("wall").hidden = false;
  showClock(state.clock);
  const season = state.season;
  at("title").textContent = state.phase === "moving" ? "The market moves…" : state.phase === "finished" ? "The game is over" : season ? `${season.name} (season ${season.number} of ${season.of})` : "All seasons are played";
  at("task").textContent = season ? season.task : "";
  at("code").textContent = state.code;
  at("address").textContent = `${state.address}/room`.replace("http://", "");
  if (at("qr").src !== state.qr) at("qr").src = state.qr;
  if (state.market) {
    at("market").replaceChildren(...FIGURES.map(([name, title, form]) => {
      const [before, now] = state.market[name];
      return make("div", {}, make("dt", {}, title), make("dd", {}, form(now), state.played ? make("small", {}, `before the season ${form(before)}`) : null));
    }));
  }
  const open = state.phase === "open";
  at("count").textContent = open ? `${state.n_done} of ${state.seats.length} seats have chosen` : `${state.seats.length} seats taken, ${state.watching} watching`;
  at("seats").replaceChildren(...state.seats.map((one) => make("li", { class: open && one.done ? "done" : "" }, `${one.name}: ${one.people.join(", ")}`)));
}
