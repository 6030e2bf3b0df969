// Choosing several reviews: x on the one that has the focus, Shift with a click for all between. The bar counts them and
// stays in sight while something is chosen. And the page of a long piece of work, which says how far it is.

const bar = document.querySelector("[data-bulk]");
const boxes = [...document.querySelectorAll("[data-pick]")];

if (bar) {
  const count = bar.querySelector("[data-bulk-count]");
  const all = bar.querySelector("[data-bulk-all]");
  const kind = bar.querySelector("[data-bulk-kind]");
  const value = bar.querySelector("[name=value]");
  const toType = value.closest(".combo");
  const empty = count.innerHTML;
  let last = null;

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.classList.toggle("chosen", chosen > 0 || Boolean(all?.checked));
    if (all?.checked) count.textContent = bar.dataset.all;
    else if (chosen) count.textContent = chosen === 1 ? bar.dataset.one : bar.dataset.many.replace("{}", chosen);
    else count.innerHTML = empty;
  };
  const names = () => kind.value === "tag" || kind.value === "untag";
  const say = () => { toType.hidden = kind.value === "trash"; };
  // Topics are suggested for topics only: heard before the box itself hears it.
  bar.addEventListener("input", (event) => { if (event.target === value && !names()) event.stopPropagation(); }, true);
  const pick = (box, between) => {
    if (between && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show();
  };
  for (const box of boxes) box.addEventListener("click", (event) => pick(box, event.shiftKey));
  all?.addEventListener("change", show);
  kind.addEventListener("change", say);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]")) return;
    const box = document.activeElement?.closest("li")?.querySelector("[data-pick]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    pick(box, false);
  });
  show();
  say();
}

const running = document.querySelector("[data-bulk-progress]");
if (running) {
  const look = async () => {
    try {
      const state = await (await fetch(running.dataset.bulkProgress)).json();
      if (state.state !== "running") return location.reload();
      running.querySelector("progress").value = state.done;
      running.querySelector("[data-words]").textContent = state.words;
    } catch {
      // The next look finds out.
    }
    setTimeout(look, 700);
  };
  setTimeout(look, 400);
}
