// Counts what is written in a field with a limit. Without it, the hint says the limit and the server counts.

const PAUSE = 1000; // milliseconds without typing before a screen reader is given the count

for (const counter of document.querySelectorAll("[data-counts]")) {
  const input = document.getElementById(counter.dataset.counts);
  const seen = document.createElement("span");
  const announced = document.createElement("span");
  seen.setAttribute("aria-hidden", "true");
  announced.className = "visually-hidden";
  counter.replaceChildren(seen, announced);
  let waiting;

  const show = () => {
    counter.hidden = input.value === "";
    seen.textContent = counted(input, counter.dataset);
  };
  input.addEventListener("input", () => {
    show();
    clearTimeout(waiting);
    waiting = setTimeout(() => (announced.textContent = seen.textContent), PAUSE);
  });
  show();
}

// As the server counts: without white space around the text, and each character once, also one of two UTF-16 units.
function counted(input, texts) {
  const text = input.value.trim();
  const words = text === "" ? 0 : text.split(/\s+/).length;
  const parts = [
    [texts.words, words, input.dataset.maxWords],
    [texts.characters, [...text].length, input.dataset.maxLength],
  ];
  return parts
    .filter(([, , most]) => most)
    .map(([sentence, now, most]) => sentence.replace("{now}", now).replace("{most}", most))
    .join(", ");
}
