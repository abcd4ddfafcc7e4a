// Keeps what a page shows fresh, save where somebody's focus is or boxes are ticked. Without it the page works as well,
// and is fresh when it is loaded.

const EVERY_MS = Number(document.querySelector("[data-every]")?.dataset.every ?? 15) * 1000;

setInterval(refresh, EVERY_MS);

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelectorAll("[data-live]").forEach((shown) => replace(shown, fresh.getElementById(shown.id)));
}

function replace(shown, fresh) {
  const changed = fresh && fresh.textContent !== shown.textContent;
  const inUse = shown.contains(document.activeElement) || shown.querySelector("[type=checkbox]:checked");
  if (changed && !inUse) shown.innerHTML = fresh.innerHTML;
}
