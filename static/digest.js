// The desk of the weekly edition: entries move by dragging or by their buttons without a new page; what the form then
// sends is their order. Without this script the buttons send the form and the server moves them.

const said = document.querySelector("[data-said]");

// What is looked at is what stands in the form: what was not saved yet is kept first.
const desk = document.querySelector("[data-desk]");
let touched = false;
desk?.addEventListener("input", () => { touched = true; });
for (const link of document.querySelectorAll("[data-look]")) {
  link.addEventListener("click", (event) => {
    if (!touched) return;
    event.preventDefault();
    const look = Object.assign(document.createElement("button"), { name: "do", value: `look:${link.dataset.look}`, hidden: true });
    desk.append(look);
    desk.requestSubmit(look);
  });
}

for (const list of document.querySelectorAll("[data-entries]")) {
  const entries = () => [...list.querySelectorAll("[data-entry]")];
  let moving;

  const settle = (entry) => {
    touched = true;
    const all = entries();
    all.forEach((one, place) => {
      one.querySelector('[data-step="-1"]').disabled = place === 0;
      one.querySelector('[data-step="1"]').disabled = place === all.length - 1;
    });
    const title = entry.querySelector(".title").textContent.trim();
    said.textContent = said.dataset.said.replace("{title}", title).replace("{place}", all.indexOf(entry) + 1).replace("{count}", all.length);
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    const entry = button.closest("[data-entry]");
    const all = entries();
    const other = all[all.indexOf(entry) + Number(button.dataset.step)];
    if (!other) return;
    if (button.dataset.step === "-1") other.before(entry);
    else other.after(entry);
    settle(entry);
    if (button.disabled) entry.querySelector("[data-step]:not(:disabled)")?.focus();
    else button.focus();
  });

  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-drop]")) event.target.closest("[data-entry]").classList.toggle("entry-dropped", event.target.checked);
  });

  for (const entry of entries()) entry.draggable = true;
  list.addEventListener("dragstart", (event) => {
    moving = event.target.closest("[data-entry]");
    moving?.classList.add("moving");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    if (!moving) return;
    const over = event.target.closest("[data-entry]");
    if (!over || over.parentElement !== list) return;
    event.preventDefault();
    if (over === moving) return;
    const box = over.getBoundingClientRect();
    if (event.clientY > box.top + box.height / 2) over.after(moving);
    else over.before(moving);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!moving) return;
    moving.classList.remove("moving");
    settle(moving);
    moving = undefined;
  });
}
