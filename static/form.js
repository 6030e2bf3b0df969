// Long forms: a preview beside them while one writes, further rows, and no words lost by a slip.

const form = document.querySelector("[data-guard]");
let touched = Boolean(document.querySelector(".error"));

form?.addEventListener("input", () => { touched = true; });
let sent = false;
form?.addEventListener("submit", (event) => {
  touched = false;
  if (sent) event.preventDefault();  // a second click saves nothing twice
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });

const here = document.querySelector("[data-preview-here]");
if (form?.dataset.previewFrom && here) {
  const side = here.closest("section");
  const boxes = [...form.querySelectorAll("[data-preview]")];
  let waiting, asked;
  const button = form.querySelector("[data-preview-button]");
  button.hidden = true;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const fields = new URLSearchParams();
    for (const name of ["csrf_token", "body", "turns", "language"]) fields.set(name, form.elements[name]?.value ?? "");
    try {
      const answer = await fetch(form.dataset.previewFrom, { method: "POST", body: fields, signal: asked.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      here.replaceChildren(...page.body.childNodes);
      here.dispatchEvent(new CustomEvent("kb:fresh", { bubbles: true }));
    } catch (error) {
      if (error.name !== "AbortError") button.hidden = false;
    }
  };
  side.hidden = false;
  if (boxes.some((box) => box.value.trim())) ask();
  for (const box of boxes) {
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
  }
}

const rows = document.querySelector("[data-rows]");
const more = document.querySelector("[data-add-row]");
if (rows && more) {
  more.hidden = false;
  more.addEventListener("click", () => {
    const last = rows.querySelector("[data-row]:last-child");
    const row = last.cloneNode(true);
    const number = rows.children.length + 1;
    for (const box of row.querySelectorAll("input, select, textarea")) {
      box.value = "";
      box.id = `${box.name}-${number}`;
      box.previousElementSibling.htmlFor = box.id;
    }
    rows.append(row);
    row.querySelector("input").focus();
  });
}
