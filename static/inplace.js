// <form data-inplace="#part">: sends the form, then puts only that part of the answered page in place (and its messages),
// so that nothing else moves and the focus stays near. Whatever goes wrong, the form is sent the plain way.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const part = form.dataset.inplace;
  if (!part || event.defaultPrevented) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  let answer, page;
  try {
    answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return form.submit();
  }
  // Refused, so nothing was saved: sent the plain way it shows the page that says why.
  if (!answer.ok) return form.submit();
  const fresh = page.querySelector(part);
  if (!fresh) return location.assign(answer.url);
  const old = document.querySelector(part);
  // A button that has a name of its own is there again, perhaps elsewhere in a list: the focus goes along with it.
  const back = event.submitter?.id ? `#${CSS.escape(event.submitter.id)}` : whereFocusGoes(form, old);
  old.replaceWith(document.adoptNode(fresh));
  document.getElementById("flashes").replaceChildren(...page.getElementById("flashes").childNodes);
  fresh.dispatchEvent(new CustomEvent("kb:fresh", { bubbles: true }));
  (fresh.querySelector(back) || fresh.querySelector("input:not([type=hidden]), button, a"))?.focus({ preventScroll: true });
});

function whereFocusGoes(form, old) {
  const box = form.querySelector("input:not([type=hidden]), textarea");
  if (box?.id) return `#${box.id}`;
  // A button's form goes away with what it took: the one that comes after it has its place.
  const forms = [...old.querySelectorAll("form")];
  const next = forms[forms.indexOf(form) + 1];
  return next ? `form[action="${CSS.escape(next.getAttribute("action"))}"] button` : "input:not([type=hidden])";
}
