// How numbers, months and scenarios read.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const grouped = (value, digits = 0) =>
  value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const monthOf = (place) => `${MONTHS[place % 12]} ${2012 + Math.floor(place / 12)}`;

/** Returns an outcome's number as its form says. */
export function shown(value, form) {
  if (form === "percent") return `${grouped(value)}%`;
  if (form === "pounds") return `£${grouped(value, 2)}`;
  if (form === "millions") return `${value < 0 ? "−" : ""}£${grouped(Math.abs(value), value && Math.abs(value) < 10 ? 1 : 0)}m`;
  if (form === "ratio") return grouped(value, 2);
  return grouped(value);
}

/** Returns a mean of an outcome: a count keeps a decimal. */
export function shownMean(value, form) {
  return form === "count" && Math.abs(value) < 100 ? grouped(value, 1) : shown(value, form);
}

/** Returns a change of an outcome without its sign. */
export function shownChange(value, form) {
  const size = Math.abs(value);
  if (form === "percent") return `${grouped(size, size < 10 ? 1 : 0)} points`;
  return shownMean(size, form);
}

const pounds = (value) =>
  value >= 1e6 ? `£${grouped(value / 1e6, value % 1e6 ? 2 : 0)}m` : value >= 1000 ? `£${grouped(value / 1000)}k` : `£${grouped(value)}`;

/** Returns a lever's value in its unit. */
export function leverValue(lever, value) {
  if (typeof value === "boolean") return lever.called.length ? lever.called[Number(value)] : value ? "yes" : "no";
  if (typeof value === "string") return lever.called.length ? lever.called[lever.words.indexOf(value)] : value.replaceAll("_", " ");
  if (lever.name === "hosting.ends") return value === 0 ? "never" : monthOf(value - 1);
  const unit = lever.unit;
  if (unit.startsWith("GBP per head")) return `£${grouped(value, 2)} a head`;
  if (unit.startsWith("GBP")) return pounds(value);
  if (unit.startsWith("share") || (unit === "ratio" && lever.most === 1)) return `${grouped(100 * value, lever.step < 0.01 ? 1 : 0)}%`;
  if (unit === "people") return value >= 1e6 ? `${grouped(value / 1e6, 2)}m people` : `${grouped(value)} people`;
  if (unit === "months") return `${grouped(value)} months`;
  if (lever.whole) return `${grouped(value)} ${unit}`;
  return `${Number(value.toPrecision(3))}`;
}

/** Returns the name of the band that holds a value, or nothing. */
export function bandOf(lever, value) {
  const band = lever.bands.find(([upTo]) => value <= upTo + 1e-9);
  return band ? band[1] : "";
}

/** Returns a short name of a scenario, for the end of a line. */
export function shortName(scenario) {
  const changes = Object.keys(scenario.set).length;
  const name = scenario.preset.replaceAll("_", " ");
  return changes ? `${name} + ${changes}` : name;
}
