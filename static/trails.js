// Steps of a trail moved with the mouse: <form data-order> with <li data-step="12"> in it, each with a grip. Dropping sends
// the new order; the buttons beside each step do the same by keyboard, and without this script.

const wake = (root) => {
  for (const form of root.querySelectorAll("[data-order]")) {
    for (const grip of form.querySelectorAll("[data-grip]")) {
      grip.hidden = false;
      grip.closest("[data-step]").draggable = true;
    }
  }
};
wake(document);
document.addEventListener("kb:fresh", (event) => wake(event.target));

let held = null;
let from = "";
const order = (form) => [...form.querySelectorAll("[data-step]")].map((step) => step.dataset.step).join(",");

document.addEventListener("dragstart", (event) => {
  const step = event.target.closest?.("[data-order] [data-step]");
  // Words are selected in their box as ever.
  if (!step || event.target !== step) return;
  held = step;
  from = order(step.closest("[data-order]"));
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", step.dataset.step);
  step.classList.add("held");
});

document.addEventListener("dragover", (event) => {
  const over = held && event.target.closest?.("[data-step]");
  if (!over || over.parentElement !== held.parentElement) return;
  event.preventDefault();
  if (over === held) return;
  const box = over.getBoundingClientRect();
  const below = event.clientY > box.top + box.height / 2;
  over.parentElement.insertBefore(held, below ? over.nextSibling : over);
});

document.addEventListener("drop", (event) => {
  if (held) event.preventDefault();
});

document.addEventListener("dragend", () => {
  if (!held) return;
  const form = held.closest("[data-order]");
  held.classList.remove("held");
  held = null;
  const now = order(form);
  if (now === from) return;
  form.elements.order.value = now;
  form.requestSubmit();
});
