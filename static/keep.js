// Taking along: <a data-copy-from> copies what its address holds instead of opening it, <button data-copy-link> an address,
// <button data-print> prints. Without a script the links open as text, and the browser prints by itself.

const said = (part) => {
  const words = part.textContent;
  part.textContent = part.dataset.said;
  setTimeout(() => { part.textContent = words; }, 2000);
};

async function copied(text) {
  // The text may still be on its way: Safari lets a promise be copied, but nothing that is late.
  if (window.ClipboardItem && navigator.clipboard.write) {
    const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } else {
    await navigator.clipboard.writeText(await text);
  }
}

if (navigator.clipboard) {
  for (const link of document.querySelectorAll("[data-copy-from]")) {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      try {
        const text = fetch(link.href).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)));
        await copied(text);
        said(link);
      } catch {
        location.assign(link.href);
      }
    });
  }
  for (const button of document.querySelectorAll("[data-copy-link]")) {
    button.closest("[hidden]").hidden = false;
    button.addEventListener("click", async () => {
      await copied(button.dataset.copyLink);
      said(button);
    });
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
