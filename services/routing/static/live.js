// Keeps what a page shows of the queues fresh, save where somebody's focus is. Without it the page works as well, and is
// fresh when it is loaded.

const EVERY_MS = 15_000;

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
  if (changed && !shown.contains(document.activeElement)) shown.innerHTML = fresh.innerHTML;
}
