// Keys for what the page offers, read from its own buttons and links: each may have one key (aria-keyshortcuts), which
// works save where somebody writes and can be switched off (WCAG 2.1.4). Ctrl+K finds all of them by name; Ctrl+Enter
// sends the form that one writes in. Without this script everything is reached as anything else on a page.

const SWITCH = "arende-keys";
const WRITES = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";
const isOn = () => localStorage.getItem(SWITCH) !== "off";
const revealedBy = (one) => one.parentElement.closest("details.reveals:not([open])");
const isVisible = (one) => one.checkVisibility({ visibilityProperty: true });
// What stands folded in a menu, or in a menu in it, is offered by its key and its name all the same.
const isShown = (one) => isVisible(one) || (revealedBy(one) && isShown(revealedBy(one)));
const withKeys = () => [...document.querySelectorAll("[aria-keyshortcuts]")].filter(isShown);
const help = dialogOf("keys-help");
const palette = dialogOf("palette");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (withControl && event.key === "Enter") send(event);
  else if (withControl && event.key.toLowerCase() === "k") open(event, palette);
  else if (!event.ctrlKey && !event.metaKey && !event.altKey) pressed(event);
});

function pressed(event) {
  if (!isOn() || event.target.closest(WRITES) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return open(event, help);
  const key = event.key.toLowerCase();
  const found = withKeys().find((one) => one.getAttribute("aria-keyshortcuts").toLowerCase() === key);
  if (!found) return;
  event.preventDefault();
  use(found);
}

// A form opens with the focus in it, a box to write in gets the focus, all else is as if it were pressed.
function use(one) {
  for (let folded; !isVisible(one) && (folded = revealedBy(one)); ) folded.open = true;
  if (one.matches("summary")) {
    one.parentElement.open = true;
    one.scrollIntoView({ block: "nearest" });
    (one.parentElement.querySelector(":is(input:not([type=hidden]), select, textarea)") ?? one).focus();
  } else if (one.matches(WRITES)) {
    one.focus();
    one.select?.();
  } else one.click();
}

function send(event) {
  const form = event.target.closest("form");
  const button = form?.querySelector("[data-send]") ?? form?.querySelector("button:not([type=button], [value=insert])");
  if (!button || button.closest("header")) return;
  event.preventDefault();
  form.requestSubmit(button);
}

function dialogOf(id) {
  const template = document.getElementById(id);
  if (!template) return null;
  document.body.append(template.content);
  return document.body.lastElementChild;
}

function open(event, dialog) {
  if (!dialog) return;
  event.preventDefault();
  if (dialog.open) return;
  dialog.dispatchEvent(new Event("fill"));
  dialog.showModal();
}

const nameOf = (one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((each) => each.remove());
  return (one.dataset.command ?? (copy.textContent.trim() || one.getAttribute("aria-label") || one.labels?.[0]?.textContent || "")).trim();
};

if (help) {
  const box = help.querySelector("[type=checkbox]");
  const list = help.querySelector("[data-keys-of-page]");
  help.addEventListener("fill", () => {
    box.checked = isOn();
    list.replaceChildren(
      ...withKeys().map((one) => {
        const row = document.createElement("div");
        const [term, meaning, key] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
        key.textContent = one.getAttribute("aria-keyshortcuts");
        term.append(key);
        meaning.textContent = nameOf(one);
        row.append(term, meaning);
        return row;
      }),
    );
  });
  box.addEventListener("change", () => {
    localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    showState();
  });
  for (const button of document.querySelectorAll("[data-opens-keys]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => open(event, help));
  }
}

function showState() {
  document.documentElement.classList.toggle("keys-off", !isOn());
}
showState();

if (palette) {
  const box = palette.querySelector("input");
  const list = palette.querySelector("ul");
  const status = palette.querySelector("[role=status]");
  let commands = [];
  let chosen = 0;

  palette.addEventListener("fill", () => {
    const links = [...document.querySelectorAll("a[href][data-command], .site-nav a")].filter(isShown);
    const main = (one) => Boolean(one.closest("main"));
    commands = [...new Set([...withKeys(), ...links])].sort((one, other) => main(other) - main(one));
    box.value = "";
    show();
  });
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((chosen + step + list.children.length) % list.children.length);
    else if (event.key === "Enter") run();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    chosen = [...list.children].indexOf(event.target.closest("li"));
    run();
  });

  function show() {
    const words = box.value.toLowerCase().split(/\s+/);
    const found = commands.filter((one) => words.every((word) => nameOf(one).toLowerCase().includes(word)));
    list.replaceChildren(...found.map(option));
    status.textContent = found.length ? "" : status.dataset.none;
    choose(0);
  }

  function option(one, number) {
    const item = document.createElement("li");
    item.id = `command-${number}`;
    item.role = "option";
    item.textContent = nameOf(one);
    const key = one.getAttribute("aria-keyshortcuts");
    if (key) item.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    item.command = one;
    return item;
  }

  function choose(number) {
    chosen = number;
    [...list.children].forEach((each, place) => each.setAttribute("aria-selected", place === number));
    const item = list.children[number];
    box.setAttribute("aria-activedescendant", item?.id ?? "");
    item?.scrollIntoView({ block: "nearest" });
  }

  function run() {
    const command = list.children[chosen]?.command;
    if (!command) return;
    palette.close();
    use(command);
  }
}
