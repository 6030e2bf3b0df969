// Small manners of small parts.

// <button data-copy="#id" hidden>: copies the text or value of that element.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
    button.textContent = JSON.parse(document.body.dataset.words).copied;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

// What scrolls sideways can be scrolled with the keys, also where a browser does not see to it.
const scrolling = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
function watch(root) {
  for (const part of root.querySelectorAll(".prose pre, .prose table, .table")) scrolling.observe(part);
}
watch(document);
document.addEventListener("kb:fresh", (event) => watch(event.target));

// What was not done is said where the eye is: a page that comes back with an error shows it, and its box is ready to write in.
const refused = document.querySelector("main .error");
const box = refused?.closest(".field")?.querySelector("[aria-invalid]");
if (box) box.focus();
else refused?.scrollIntoView({ block: "nearest" });

// <p hidden data-tick-all="NAME"> with a box in it: ticks all the boxes of that name.
for (const part of document.querySelectorAll("[data-tick-all]")) {
  part.hidden = false;
  part.addEventListener("change", ({ target }) => {
    for (const one of document.querySelectorAll(`input[name="${part.dataset.tickAll}"]`)) one.checked = target.checked;
  });
}

// A press outside closes the account menu.
document.addEventListener("click", (event) => {
  const menu = document.querySelector("[data-menu][open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// <input data-filter="#list">: shows only what has the typed letters in its data-filter-on.
for (const box of document.querySelectorAll("[data-filter]")) {
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const list = document.querySelector(box.dataset.filter);
  if (!list) continue;
  const items = [...list.querySelectorAll("[data-filter-on]")].map((item) => [item, fold(item.dataset.filterOn)]);
  const none = document.querySelector("[data-filter-none]");
  box.addEventListener("input", () => {
    const wanted = fold(box.value.trim());
    for (const [item, text] of items) item.hidden = !text.includes(wanted);
    for (const group of list.querySelectorAll("[data-filter-group]")) {
      group.hidden = !group.querySelector("[data-filter-on]:not([hidden])");
    }
    none.hidden = items.some(([item]) => !item.hidden);
  });
}
