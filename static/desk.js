// Keys of the queue: a letter presses the button, follows the link or goes to the box that bears it (data-key).

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const bearer = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!bearer) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (bearer.matches("input, textarea")) bearer.focus();
  else bearer.click();
}, true);
