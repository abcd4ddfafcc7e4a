// Keeps the page of a case up to date with who else has it open and what they do with it. Without it the page says so
// when it is loaded.

const EVERY_MS = 5_000;

const form = document.getElementById("presence-form");
const shown = document.getElementById("presence");
const timer = setInterval(stay, EVERY_MS);

stay();
document.addEventListener("visibilitychange", stay);

async function stay() {
  if (document.hidden) return;
  const options = { method: "POST", body: new FormData(form), redirect: "error" };
  const answer = await fetch(form.action, options).catch(() => null);
  if (answer && !answer.ok && answer.status < 500) clearInterval(timer); // signed out, or the case is not theirs any more
  if (answer?.ok) show(await answer.text());
}

function show(html) {
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  if (fresh.textContent !== shown.textContent && !shown.contains(document.activeElement)) shown.innerHTML = html;
}
