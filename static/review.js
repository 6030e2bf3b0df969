// Selected words of a review: a small bar beside them with Make a gem, Topic, Copy.

const review = document.querySelector("[data-select]");
const bar = document.querySelector("[data-select-bar]");
let words = "";

function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return "";
  const range = selection.getRangeAt(0);
  const start = range.startContainer.parentElement?.closest("[data-quotable]");
  const end = range.endContainer.parentElement?.closest("[data-quotable]");
  return start && start === end ? selection.toString().trim() : "";
}

function place() {
  words = selected();
  bar.hidden = !words;
  if (!words) return;
  const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
  const widest = document.documentElement.clientWidth - bar.offsetWidth - 8;
  bar.style.left = `${Math.max(8, Math.min(box.left, widest)) + scrollX}px`;
  bar.style.top = `${box.bottom + scrollY + 8}px`;
  const address = new URL(review.dataset.selectGem, location.href);
  address.searchParams.set("quote", words.slice(0, 1500));
  bar.querySelector("[data-select-make]").href = address;
}

if (review && bar) {
  let waiting;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(place, 150);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !bar.hidden) {
      document.getSelection().removeAllRanges();
      bar.hidden = true;
    }
  });
  bar.querySelector("[data-select-copy]").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard?.writeText(words);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; bar.hidden = true; }, 1200);
  });
  bar.querySelector("[data-select-tag]").addEventListener("click", () => {
    const box = document.getElementById("add-tag");
    box.value = words.slice(0, 80);
    bar.hidden = true;
    box.focus();
    box.dispatchEvent(new Event("input"));
  });
}
