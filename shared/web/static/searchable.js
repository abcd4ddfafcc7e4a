// A long list as a box to search in: an ARIA 1.2 combobox over the <select>, which stays in the form and is what is sent.
// Without it the list is a plain one. A character without marks finds those with them (a finds å and ä); å finds å alone.

const MOST = 50; // hits shown at a time
const PAUSE = 400; // milliseconds without typing before the number of hits is announced
const MOVES = { ArrowDown: 1, ArrowUp: -1 };

const bare = (character) => character.normalize("NFD")[0];
const characters = (text) => [...text.normalize("NFC").toLocaleLowerCase("sv")];
const fits = (sought, character) => sought === character || (sought === bare(sought) && sought === bare(character));
const beginsAt = (label, word, place) => word.every((each, offset) => label[place + offset] !== undefined && fits(each, label[place + offset]));
const has = (label, word) => label.some((_, place) => beginsAt(label, word, place));

// The labels that have every word of what is sought, those that begin with it first.
export function hits(labels, sought) {
  const words = sought.split(/\s+/).filter(Boolean).map(characters);
  const whole = characters(sought.trim());
  const found = labels.filter((label) => words.every((word) => has(characters(label.text), word)));
  const first = found.filter((label) => beginsAt(characters(label.text), whole, 0));
  return [...first, ...found.filter((label) => !first.includes(label))];
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function enhance(select) {
  const id = select.id;
  const texts = select.dataset;
  const input = element("input", { id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false" });
  const list = element("ul", { id: `${id}-options`, role: "listbox" });
  const status = element("p", { id: `${id}-hits`, class: "hint", role: "status" });
  const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
  let chosen = "";
  let shown = [];
  let active = -1;
  let waiting;

  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  list.setAttribute("aria-label", label.textContent);
  const hadFocus = document.activeElement === select;
  select.id = `${id}-select`;
  select.hidden = true;
  list.hidden = true;
  select.after(element("div", { class: "combobox" }, input, list), status);
  input.setAttribute("aria-expanded", "false");

  const usable = () => [...select.options].filter((each) => each.value && !each.hidden && !each.disabled);
  const textOf = (value) => usable().find((each) => each.value === value)?.text ?? "";

  function show() {
    chosen = textOf(select.value);
    input.value = chosen;
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open(sought) {
    const found = hits(usable(), sought);
    shown = found.slice(0, MOST);
    list.replaceChildren(
      ...shown.map((each, place) =>
        element("li", { id: `${id}-option-${place}`, role: "option", "aria-selected": "false" }, each.text),
      ),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    announce((found.length > MOST ? texts.first : texts.hits).replace("{count}", found.length).replace("{shown}", MOST));
  }

  function announce(sentence) {
    clearTimeout(waiting);
    waiting = setTimeout(() => (status.textContent = sentence), PAUSE);
  }

  function move(by) {
    if (list.hidden) open(input.value === chosen ? "" : input.value);
    if (!shown.length) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = active < 0 && by < 0 ? shown.length - 1 : (active + by + shown.length) % shown.length;
    const option = list.children[active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function choose(value) {
    const isOther = select.value !== value;
    select.value = value;
    show();
    close();
    announce("");
    if (isOther) select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // What is typed is the choice where it can only be one; what is in no list is not kept as if it were.
  function settle() {
    if (input.value === chosen) return close();
    const sought = input.value.trim();
    if (!sought) return choose("");
    const found = hits(usable(), sought);
    const same = found.filter((each) => each.text.toLocaleLowerCase("sv") === sought.toLocaleLowerCase("sv"));
    const only = found.length === 1 ? found : same;
    if (only.length) return choose(only[0].value);
    choose(select.value);
    announce(texts.none.replace("{text}", sought));
  }

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => list.hidden && open(input.value === chosen ? "" : input.value));
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => {
    if (event.key in MOVES) {
      event.preventDefault();
      move(MOVES[event.key]);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(shown[active].value);
    } else if (event.key === "Enter") {
      settle();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => {
    const place = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (place >= 0) choose(shown[place].value);
  });
  new MutationObserver(show).observe(select, { subtree: true, attributeFilter: ["hidden", "disabled"] }); // by a condition
  addEventListener("pageshow", show); // after Back the browser has filled the list in again
  show();
  if (hadFocus) input.focus();
}

for (const select of document.querySelectorAll("select[data-search]")) enhance(select);
