// Keeps the status page up to date. Without it, the page shows what was true when it was opened.

const now = document.getElementById("now");
const SECONDS = 4;
let shown = null;

async function refresh() {
  if (document.hidden || now.contains(document.activeElement)) return;
  const response = await fetch(now.dataset.source, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const html = await response.text();
  if (html !== shown) update(html);
  shown = html;
}

// The line that screen readers announce stays in the page and gets new text: a new line would not be announced.
function update(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const announced = now.querySelector("[aria-live]");
  const freshLine = fresh.querySelector("[aria-live]");
  if (announced.textContent !== freshLine.textContent) announced.replaceChildren(...freshLine.childNodes);
  freshLine.remove();
  while (announced.nextSibling) announced.nextSibling.remove();
  now.append(...fresh.childNodes);
}

setInterval(() => refresh().catch(() => {}), SECONDS * 1000);
document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
