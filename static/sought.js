// Next and previous of the places in a review that have the words of the search: by button, by m and Shift+M. The line with
// the buttons stays in sight. An address's own place (#found, #match-3) is where the walk begins; none is kept to go back
// through, so that Back leads to the search.

const line = document.querySelector("[data-stops]");
const stops = [...document.querySelectorAll("[data-stop]")];

if (line && stops.length) {
  const walk = line.querySelector("[data-stop-walk]");
  const said = line.querySelector("p");
  const all = [...said.childNodes].map((node) => node.cloneNode(true));
  walk.hidden = false;
  line.querySelector("[data-stop-list]").hidden = true;
  line.classList.add("stops-walked");
  line.closest("article").append(line);
  said.setAttribute("role", "status");
  if (stops.length === 1) for (const button of walk.querySelectorAll("button")) button.hidden = true;

  const here = () => stops.findIndex((stop) => `#${stop.id}` === location.hash);

  function say() {
    const at = here();
    if (at < 0) said.replaceChildren(...all.map((node) => node.cloneNode(true)));
    else said.replaceChildren(walk.dataset.at.replace("{number}", (at + 1).toLocaleString(document.documentElement.lang)), " ", all.at(-1).cloneNode(true));
  }

  function go(by) {
    const at = here();
    const next = at < 0 ? (by > 0 ? 0 : stops.length - 1) : (at + by + stops.length) % stops.length;
    location.replace(`#${stops[next].id}`);
    say();
  }

  for (const button of walk.querySelectorAll("[data-stop-by]")) {
    button.addEventListener("click", () => go(Number(button.dataset.stopBy)));
  }
  addEventListener("hashchange", say);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (event.key === "m" || event.key === "M") go(event.shiftKey ? -1 : 1);
  });
  say();
}
