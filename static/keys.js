// Keys for the whole page: / to the search box, j and k along the finds, ? for help, Escape for the account menu.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const menu = document.querySelector("[data-menu][open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const box = document.getElementById("q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "j" || event.key === "k") {
    if (walk(event.key === "j" ? 1 : -1)) event.preventDefault();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys-help")?.showModal();
  }
});

function walk(step) {
  const items = [...document.querySelectorAll("[data-walk] > li")];
  if (!items.length) return false;
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + step, 0), items.length - 1)];
  next.querySelector("[data-walk-to], a").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// The find that has the focus shows it at its edge, so that a glance finds the place again.
document.addEventListener("focusin", (event) => {
  for (const item of document.querySelectorAll(".walked")) item.classList.remove("walked");
  event.target.closest?.("[data-walk] > li")?.classList.add("walked");
});

document.querySelector("[data-keys-help]")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("keys-help").showModal();
});
