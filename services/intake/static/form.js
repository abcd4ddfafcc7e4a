// What a form's page does by itself: shows what conditions ask for, and computes. The server decides both anew.

import { evaluate } from "./conditions.js";
import { readMoney, readNumber } from "./numbers.js";

const form = document.getElementById("fill-in");
const { facts: before, ...surroundings } = JSON.parse(form.dataset.facts);
const status = form.querySelector("[data-announce]");
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 });
const amount = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

// A place has a position only with both its parts.
function readPlace(question) {
  const part = (name) => question.querySelector(`input[name$=".${name}"]`)?.value ?? "";
  const [text, latitude, longitude] = [part("text").trim(), readNumber(part("latitude")), readNumber(part("longitude"))];
  if ((latitude === undefined) !== (longitude === undefined)) return undefined;
  const place = { ...(text && { text }), ...(latitude !== undefined && { latitude, longitude }) };
  return Object.keys(place).length ? place : undefined;
}

// The fact that a question's inputs give; undefined where there is none.
function answer(question) {
  const inputs = [...question.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const [first] = inputs;
  const chosen = inputs.filter((each) => each.checked);
  switch (question.dataset.kind) {
    case "truth":
      if (first?.type === "checkbox") return first.checked;
      return chosen.length ? chosen[0].value === "yes" : undefined;
    case "choices":
      return chosen.length ? chosen.map((each) => each.name.split(".").pop()) : undefined;
    case "choice":
      return (first?.type === "radio" ? chosen[0]?.value : first?.value) || undefined;
    case "number":
      return readNumber(first?.value ?? "");
    case "money":
      return readMoney(first?.value ?? "");
    case "place":
      return readPlace(question);
    default:
      return first?.value.trim() || undefined;
  }
}

function compute({ kind, operands, lookup }, facts) {
  const values = operands.map((each) => (typeof each === "string" ? facts[each] : each));
  const present = values.flat().filter((each) => each !== undefined);
  const missing = values.some((each) => each === undefined);
  switch (kind) {
    case "sum":
      return present.length ? present.reduce((sum, each) => sum + each, 0) : undefined;
    case "product":
      return missing ? undefined : present.reduce((product, each) => product * each, 1);
    case "count":
      return values.reduce((count, each) => count + (each?.length ?? 0), 0);
    case "days_between":
      return missing ? undefined : (Date.parse(values[1]) - Date.parse(values[0])) / 86_400_000;
    case "lookup": {
      const fits = (row) =>
        Object.entries(lookup.where).every(([column, fact]) => row[column] === facts[fact]) &&
        Object.entries(lookup.up_to).every(([column, fact]) => facts[fact] <= row[column]);
      return missing ? undefined : lookup.rows.find(fits)?.[lookup.value];
    }
  }
  return undefined;
}

function setShown(part, isShown) {
  const changed = part.hidden === isShown;
  part.hidden = !isShown;
  const marker = part.querySelector(":scope > input[name=shown]");
  if (marker) marker.disabled = !isShown;
  return changed && isShown;
}

function showOptional(question, isOptional) {
  const mark = question.querySelector(".optional");
  if (mark) mark.hidden = !isOptional;
}

function showOptions(question, facts) {
  const conditions = JSON.parse(question.dataset.options);
  for (const [code, condition] of Object.entries(conditions)) {
    const isShown = evaluate(condition, facts, surroundings) === true;
    for (const option of question.querySelectorAll(`option[value="${CSS.escape(code)}"]`)) {
      option.hidden = option.disabled = !isShown;
      if (!isShown && option.selected) option.parentElement.value = "";
    }
    const ofCode = `input[type=radio][value="${CSS.escape(code)}"], input[type=checkbox][name$=".${CSS.escape(code)}"]`;
    for (const input of question.querySelectorAll(ofCode)) {
      input.closest(".choice").hidden = !isShown;
      if (!isShown) input.checked = false;
    }
  }
}

function showValue(question, value) {
  const rounded = value === undefined ? undefined : Math.round(value * 1e6) / 1e6;
  const output = question.querySelector("output");
  const unit = output.dataset.unit;
  const format = unit === "kr" && !Number.isInteger(rounded) ? amount : number;
  output.textContent = rounded === undefined ? "–" : [format.format(rounded), unit].filter(Boolean).join(" ");
  return rounded;
}

// One pass in the order of the page: a condition sees only what stands before it.
function update() {
  const facts = { ...before };
  const entries = {};
  let appeared = false;
  for (const part of form.querySelectorAll("[data-show-if], [data-name], [data-entry]")) {
    if (part.dataset.entry) {
      (entries[part.dataset.entry] ??= []).push({});
      if (!part.closest("[hidden]")) facts[part.dataset.entry] = entries[part.dataset.entry];
      continue;
    }
    const entry = part.closest("[data-entry]");
    const own = entry && entries[entry.dataset.entry].at(-1);
    const seen = own ? { ...facts, ...own } : facts;
    if (part.dataset.showIf && setShown(part, evaluate(JSON.parse(part.dataset.showIf), seen, surroundings) === true)) appeared = true;
    if (!part.dataset.name || part.hidden || part.closest("[hidden]")) continue;
    if (part.dataset.requireIf) showOptional(part, evaluate(JSON.parse(part.dataset.requireIf), seen, surroundings) !== true);
    if (part.dataset.options) showOptions(part, seen);
    const value = part.dataset.formula ? showValue(part, compute(JSON.parse(part.dataset.formula), seen)) : answer(part);
    if (value === undefined) continue;
    if (own) {
      own[part.dataset.name] = value;
      (facts[part.dataset.name] ??= []).push(value);
    } else {
      facts[part.dataset.name] = value;
    }
  }
  for (const heading of form.querySelectorAll(":scope > div > h2")) {
    const others = [...heading.parentElement.children].filter((each) => each !== heading && each.type !== "hidden");
    heading.hidden = others.every((each) => each.hidden); // else it would stand above nothing
  }
  if (appeared) status.textContent = status.dataset.announce;
}

form.addEventListener("input", () => {
  status.textContent = "";
  update();
});
form.addEventListener("change", update);
addEventListener("pageshow", update); // after Back the browser has filled the inputs in again
update();
if (form.querySelector("[data-search]")) import("./shared/searchable.js");
