// The language of conditions as shared/conditions/ has it: tests/contracts/conditions.json holds for both.
// A condition holds (true), does not (false), or cannot be tried (null).

const ISO = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const RELATIVE = /^today(?:([+-])(\d{1,4})([dwmy]))?$/;
const DAY = 86_400_000;

class NotComparable extends Error {}

function kind(value) {
  if (typeof value === "boolean") return "truth";
  if (typeof value === "number") return Number.isFinite(value) ? "number" : "other";
  if (typeof value === "string") return "text";
  if (Array.isArray(value)) return "list";
  const isPlace = value && typeof value === "object" && ["text", "latitude", "longitude"].some((name) => name in value);
  return isPlace ? "place" : "other";
}

const some = (values, holds) => values.some(holds);

function same(seen, value) {
  if (kind(seen) !== kind(value) || ["other", "place"].includes(kind(seen))) throw new NotComparable();
  return kind(seen) === "list" ? JSON.stringify(seen) === JSON.stringify(value) : seen === value;
}

function contains(seen, value) {
  if (kind(seen) !== "list") throw new NotComparable();
  return some(seen, (member) => same(member, value));
}

function isEmpty(seen) {
  return seen === undefined || seen === null || (typeof seen === "string" && !seen.trim()) || (Array.isArray(seen) && !seen.length);
}

function sized(compare) {
  return (seen, value) => {
    const fits = TIME.test(value) && kind(value) === "text"
      ? (each) => kind(each) === "text" && TIME.test(each)
      : (each) => kind(each) === "number";
    if (!fits(seen) || !fits(value)) throw new NotComparable();
    return compare(seen, value);
  };
}

function isoDay(written) {
  if (typeof written !== "string" || !ISO.test(written)) throw new NotComparable();
  const [year, month, day] = written.split("-").map(Number);
  const found = new Date(0);
  found.setUTCFullYear(year, month - 1, day);
  if (year < 1 || found.getUTCMonth() !== month - 1 || found.getUTCDate() !== day) throw new NotComparable();
  return found.getTime();
}

const FIRST_DAY = isoDay("0001-01-01");
const LAST_DAY = isoDay("9999-12-31");

// The day as seen from today, or the first or last that there is; months from the 31st end with the month.
function resolvedDay(written, today) {
  const relative = typeof written === "string" && RELATIVE.exec(written);
  if (!relative) return isoDay(written);
  const [, sign, amount, unit] = relative;
  const count = sign ? Number(sign + amount) : 0;
  const [year, month, day] = today.split("-").map(Number);
  const months = { m: count, y: 12 * count }[unit] ?? 0;
  const first = new Date(0);
  first.setUTCFullYear(year, month - 1 + months, 1);
  const last = new Date(0);
  last.setUTCFullYear(year, month + months, 0);
  const start = first.getTime() + (Math.min(day, last.getUTCDate()) - 1) * DAY;
  const found = start + ({ d: count, w: 7 * count }[unit] ?? 0) * DAY;
  const isOut = first.getTime() < FIRST_DAY || found < FIRST_DAY || found > LAST_DAY;
  return isOut ? (count > 0 ? LAST_DAY : FIRST_DAY) : found;
}

const dated = (compare) => (seen, value, { today }) => compare(isoDay(seen), resolvedDay(value, today));

// Whether a ray eastwards from the position crosses the ring an odd number of times.
function isInRing({ longitude, latitude }, ring) {
  let inside = false;
  for (const [number, [endLongitude, endLatitude]] of ring.entries()) {
    if (number === 0) continue;
    const [startLongitude, startLatitude] = ring[number - 1];
    if (startLatitude > latitude === endLatitude > latitude) continue;
    const part = (latitude - startLatitude) / (endLatitude - startLatitude);
    if (longitude < startLongitude + part * (endLongitude - startLongitude)) inside = !inside;
  }
  return inside;
}

const isDegrees = (value, most) => kind(value) === "number" && -most <= value && value <= most;

// A place without a position lies in no area.
function within(seen, code, { areas }) {
  if (kind(seen) !== "place" || !Object.hasOwn(areas, code)) throw new NotComparable();
  if (!isDegrees(seen.longitude, 180) || !isDegrees(seen.latitude, 90)) return false;
  return some(areas[code], ([outer, ...holes]) => isInRing(seen, outer) && !some(holes, (hole) => isInRing(seen, hole)));
}

const OPERATORS = {
  is: same,
  is_not: (seen, value) => !same(seen, value),
  one_of: (seen, values) => some(values, (each) => same(seen, each)),
  none_of: (seen, values) => !some(values, (each) => same(seen, each)),
  contains,
  contains_any: (seen, values) => some(values, (each) => contains(seen, each)),
  empty: (seen, value) => isEmpty(seen) === value,
  less: sized((seen, value) => seen < value),
  at_most: sized((seen, value) => seen <= value),
  more: sized((seen, value) => seen > value),
  at_least: sized((seen, value) => seen >= value),
  before: dated((seen, value) => seen < value),
  after: dated((seen, value) => seen > value),
  within,
};

function compare(condition, facts, surroundings) {
  const seen = facts[condition.fact];
  if (seen === undefined || seen === null) return condition.operator === "empty" && condition.value === true;
  const isFact = condition.value && typeof condition.value === "object" && !Array.isArray(condition.value);
  const value = isFact ? facts[condition.value.fact] : condition.value;
  if (value === undefined || value === null) return false;
  return OPERATORS[condition.operator](seen, value, surroundings);
}

function all(outcomes) {
  if (outcomes.includes(false)) return false;
  return outcomes.includes(null) ? null : true;
}

const not = (outcome) => (outcome === null ? null : !outcome);

// `surroundings`: `today`, and the `areas` that conditions name, each as the coordinates of a MultiPolygon.
export function evaluate(node, facts, surroundings) {
  const grouping = ["all", "any", "none"].find((each) => each in node);
  if (grouping) {
    const outcomes = node[grouping].map((member) => evaluate(member, facts, surroundings));
    if (grouping === "all") return all(outcomes);
    return grouping === "any" ? not(all(outcomes.map(not))) : all(outcomes.map(not));
  }
  try {
    return compare(node, facts, surroundings);
  } catch (error) {
    if (error instanceof NotComparable) return null;
    throw error;
  }
}
