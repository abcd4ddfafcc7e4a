// A place is pointed out on the municipality's map: by mouse, finger or keyboard. The pin and the two inputs of the
// position always agree; without this script there are the inputs alone, beside the picture.

const LARGEST = 64; // times
const TEXT = 14; // pixels
const KILOMETRES = 111.2; // to a degree of latitude
const MOVED = 5; // pixels: less is a click with an unsteady hand

for (const map of document.querySelectorAll("[data-map]")) start(map);

function start(map) {
  const svg = map.querySelector("svg");
  const pin = svg.querySelector(".map-pin");
  const inside = svg.querySelector(".map-inside");
  const status = map.querySelector("[role=status]");
  const remove = map.querySelector("[data-remove]");
  const inputs = ["latitude", "longitude"].map((name) => document.getElementById(map.dataset[name]));
  const [west, north, xDegree, yDegree] = ["west", "north", "xDegree", "yDegree"].map((name) => Number(svg.dataset[name]));
  const whole = svg.viewBox.baseVal;
  const { width, height } = whole;
  const places = [...svg.querySelectorAll("text")].map((text) => ({
    name: text.textContent,
    x: Number(text.getAttribute("x")),
    y: Number(text.getAttribute("y")),
  }));
  let view = { x: 0, y: 0, times: 1 };
  let at = null; // of the pin, as on the drawing
  let drag = null;

  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  const degrees = (value, digits) =>
    value.toLocaleString(map.dataset.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function draw() {
    const [w, h] = [width / view.times, height / view.times];
    view.x = within(view.x, 0, width - w);
    view.y = within(view.y, 0, height - h);
    const unit = w / (svg.clientWidth || width); // of the drawing, to a pixel
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${w} ${h}`);
    svg.setAttribute("font-size", TEXT * unit);
    svg.classList.toggle("map-zoomed", view.times > 1);
    pin.toggleAttribute("hidden", !at);
    remove.hidden = !at;
    if (at) pin.setAttribute("transform", `translate(${at.x} ${at.y}) scale(${1.1 * unit})`);
    for (const button of map.querySelectorAll("[data-zoom]")) {
      button.setAttribute("aria-disabled", Number(button.dataset.zoom) > 1 ? view.times >= LARGEST : view.times <= 1);
    }
  }

  function centre({ x, y }) {
    view.x = x - width / view.times / 2;
    view.y = y - height / view.times / 2;
  }

  function zoom(factor) {
    const middle = at ?? { x: view.x + width / view.times / 2, y: view.y + height / view.times / 2 };
    view.times = within(view.times * factor, 1, LARGEST);
    centre(middle);
    draw();
  }

  function describe() {
    const texts = [
      status.dataset.at
        .replace("{latitude}", degrees(north - at.y / yDegree, 4))
        .replace("{longitude}", degrees(west + at.x / xDegree, 4)),
    ];
    const distance = (place) => Math.hypot(place.x - at.x, place.y - at.y);
    const nearest = [...places].sort((one, other) => distance(one) - distance(other))[0];
    if (nearest) {
      const kilometres = Math.max(1, Math.round((distance(nearest) / yDegree) * KILOMETRES));
      texts.push(status.dataset.near.replace("{kilometres}", kilometres).replace("{place}", nearest.name));
    }
    const point = svg.createSVGPoint();
    point.x = at.x;
    point.y = at.y;
    if (!inside.isPointInFill(point)) texts.push(status.dataset.outside);
    status.textContent = texts.join(" ");
  }

  // The pin moves, and the inputs with it.
  function setPin(point) {
    at = point && { x: within(point.x, 0, width), y: within(point.y, 0, height) };
    inputs[0].value = at ? (north - at.y / yDegree).toFixed(5) : "";
    inputs[1].value = at ? (west + at.x / xDegree).toFixed(5) : "";
    for (const input of inputs) input.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
    if (at) describe();
    else status.textContent = status.dataset.removed;
  }

  // What the inputs have moves the pin; off the map there is none.
  function readInputs() {
    const [latitude, longitude] = inputs.map((input) => Number(input.value.replace(",", ".") || NaN));
    const point = { x: (longitude - west) * xDegree, y: (north - latitude) * yDegree };
    const isOnMap = point.x >= 0 && point.x <= width && point.y >= 0 && point.y <= height;
    at = isOnMap ? point : null;
    draw();
    if (at) describe();
    else status.textContent = "";
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      const length = (event.shiftKey ? 0.1 : 0.02) * (width / view.times);
      const from = at ?? { x: view.x + width / view.times / 2, y: view.y + height / view.times / 2 };
      setPin(at ? { x: from.x + step[0] * length, y: from.y + step[1] * length } : from);
      centre(at);
      draw();
    } else if (event.key === "+" || event.key === "-") {
      zoom(event.key === "+" ? 2 : 0.5);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      setPin(null);
    } else return;
    event.preventDefault();
  }

  svg.addEventListener("keydown", press);
  svg.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, view: { ...view }, moved: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag || view.times === 1 || !event.buttons) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < MOVED) return;
    if (!drag.moved) svg.setPointerCapture(event.pointerId);
    const unit = width / view.times / svg.clientWidth;
    drag.moved = true;
    view = { ...drag.view, x: drag.view.x - dx * unit, y: drag.view.y - dy * unit };
    draw();
  });
  svg.addEventListener("click", (event) => {
    if (!drag?.moved) setPin(new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()));
    drag = null;
  });
  for (const button of map.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
  }
  remove.addEventListener("click", () => {
    setPin(null);
    svg.focus();
  });
  for (const input of inputs) input.addEventListener("change", readInputs);
  addEventListener("pageshow", readInputs); // after Back the browser has filled the inputs in again
  new ResizeObserver(draw).observe(svg);

  svg.setAttribute("role", "application");
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("aria-label", svg.dataset.label);
  svg.setAttribute("aria-describedby", map.querySelector("[data-map-hint]").id);
  for (const part of map.querySelectorAll("[data-map-hint], .map-buttons")) part.hidden = false;
  readInputs();
}
