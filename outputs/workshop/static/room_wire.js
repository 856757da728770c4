// The wire between a page and the room: one socket that comes back by itself, numbered messages, the newest state.
export const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((one) => one != null && one !== false));
  return node;
};
export const at = (id) => document.getElementById(id);
export const pounds = (value, digits = 2) =>
  `${value < 0 ? "−" : ""}£${Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
export const bigPounds = (value) =>
  value === 0 ? "£0" : Math.abs(value) >= 950000 ? `${pounds(value / 1e6, 1)}m` : `${pounds(Math.round(value / 1000), 0)}k`;
export const share = (value, digits = 0) => `${(100 * value).toFixed(digits)}%`;
export const hundred = (value) => (100 * value).toFixed(0);
export const timeLeft = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export const kept = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window keeps nothing */ } },
};
export const newSecret = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function hostSecret() {
  const given = location.hash.slice(1);
  if (/^[0-9a-f]{32,64}$/.test(given)) {
    kept.set("room-host", given);
    history.replaceState(null, "", location.pathname);
  }
  return kept.get("room-host") || "";
}

export class Wire {
  constructor(hello, hear) {
    this.hello = hello; this.hear = hear; this.wait = 250; this.newest = -1;
    this.waiting = new Map(); this.number = 0;
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.isOpen) this.open(); });
    window.addEventListener("online", () => { if (!this.isOpen) this.open(); });
    this.open();
  }
  get isOpen() { return this.socket && this.socket.readyState <= 1; }
  open() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.socket = new WebSocket(`${scheme}://${location.host}/room/socket`);
    socket.onopen = () => {
      this.wait = 250; this.newest = -1;
      socket.send(JSON.stringify(this.hello()));
      for (const message of this.waiting.values()) socket.send(JSON.stringify(message));
      this.hear({ do: "online", on: true });
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.do === "state") {
        if (message.at < this.newest) return;
        this.newest = message.at;
        this.number = Math.max(this.number, message.me ? message.me.n : 0);
      }
      if (message.n) this.waiting.delete(message.n);
      this.hear(message);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.hear({ do: "online", on: false });
      this.timer = setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(4000, this.wait * 1.7);
    };
  }
  tell(message) {
    const numbered = { ...message, n: ++this.number };
    if (message.do !== "join") this.waiting.set(numbered.n, numbered);
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify(numbered));
    return numbered.n;
  }
}

export function runClock(show) {
  let left = null, since = 0;
  setInterval(() => show(left == null ? null : Math.max(0, left - (performance.now() - since) / 1000)), 500);
  return (seconds) => { left = seconds; since = performance.now(); show(left); };
}
