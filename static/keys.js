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
  } else if (event.key === "n" || event.key === "p") {
    document.querySelector(`[data-step="${event.key}"]`)?.click();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys-help")?.showModal();
  }
});

// What can be walked: the rows of every list, in the order of the page; what a filter hides is passed over.
function places() {
  const rows = [...document.querySelectorAll("[data-walk] > li, [data-walk-deep] li")];
  return rows.filter((row) => row.checkVisibility());
}

function walk(step) {
  const items = places();
  if (!items.length) return false;
  const at = items.findLastIndex((item) => item.contains(document.activeElement));
  go(items, at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + step, 0), items.length - 1));
  return true;
}

function go(items, at) {
  items[at].querySelector("[data-walk-to], a").focus();
  items[at].scrollIntoView({ block: "nearest" });
}

// The find that has the focus shows it at its edge, and the address keeps its place: whoever comes back is there again.
document.addEventListener("focusin", (event) => {
  for (const item of document.querySelectorAll(".walked")) item.classList.remove("walked");
  const items = places();
  const at = items.findLastIndex((item) => item.contains(event.target));
  if (at < 0) return;
  items[at].classList.add("walked");
  history.replaceState(history.state, "", `#n${at + 1}`);
});

const remembered = /^#n([0-9]{1,4})$/.exec(location.hash);
if (remembered) {
  const items = places();
  if (items[remembered[1] - 1]) go(items, remembered[1] - 1);
}

document.querySelector("[data-keys-help]")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("keys-help").showModal();
});
