// <form data-inplace="#part">: sends the form, then puts only that part of the answered page in place (and its messages),
// so that nothing else moves and the focus stays near. Whatever goes wrong, the form is sent the plain way.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const part = form.dataset.inplace;
  if (!part || event.defaultPrevented) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const fields = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(part);
    if (!answer.ok || !fresh) throw new Error("no such part");
    const old = document.querySelector(part);
    const back = whereFocusGoes(form, old);
    old.replaceWith(document.adoptNode(fresh));
    document.getElementById("flashes").replaceChildren(...page.getElementById("flashes").childNodes);
    fresh.dispatchEvent(new CustomEvent("kb:fresh", { bubbles: true }));
    (fresh.querySelector(back) || fresh.querySelector("input:not([type=hidden]), button, a"))?.focus({ preventScroll: true });
  } catch {
    form.submit();
  }
});

function whereFocusGoes(form, old) {
  const box = form.querySelector("input:not([type=hidden]), textarea");
  if (box?.id) return `#${box.id}`;
  // A button's form goes away with what it took: the one that comes after it has its place.
  const forms = [...old.querySelectorAll("form")];
  const next = forms[forms.indexOf(form) + 1];
  return next ? `form[action="${CSS.escape(next.getAttribute("action"))}"] button` : "input:not([type=hidden])";
}
