// Keeps the status page up to date. Without it, the page shows what was true when it was opened.

const now = document.getElementById("now");
const SECONDS = 4;
let shown = null;

async function look() {
  if (document.hidden || now.contains(document.activeElement)) return;
  const answer = await fetch(now.dataset.source, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const told = await answer.text();
  if (told !== shown) update(told);
  shown = told;
}

// The line that is read aloud stays in the page and changes its words: a new one would not be announced.
function update(told) {
  const fresh = new DOMParser().parseFromString(told, "text/html").body;
  const spoken = now.querySelector("[aria-live]");
  const words = fresh.querySelector("[aria-live]");
  if (spoken.textContent !== words.textContent) spoken.replaceChildren(...words.childNodes);
  words.remove();
  while (spoken.nextSibling) spoken.nextSibling.remove();
  now.append(...fresh.childNodes);
}

setInterval(() => look().catch(() => {}), SECONDS * 1000);
document.addEventListener("visibilitychange", () => look().catch(() => {}));
