// Selected words of a review: a small bar beside them with Make a gem, Topic, Copy.

const review = document.querySelector("[data-select]");
const bar = document.querySelector("[data-select-bar]");
let words = "";

const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

// The selected words and where they stand: `place` -1 for the body or the turn, `nth` how often the same words come before.
function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const home = element(range.startContainer).closest("[data-quotable]");
  if (!home || !review.contains(home)) return null;
  // A triple click selects up to the beginning of what follows.
  const over = !home.contains(range.endContainer);
  if (over && range.toString().trim() !== selectedIn(home, range)) return null;
  const text = over ? selectedIn(home, range) : selection.toString().trim();
  if (!text) return null;
  const [head, tail] = over ? ["", ""] : halves(range);
  const quote = head + text + tail;
  const before = document.createRange();
  before.setStart(home, 0);
  before.setEnd(range.startContainer, range.startOffset - head.length);
  const even = (words) => words.split(/\s+/).filter(Boolean).join(" ");
  return { text, quote, place: home.dataset.quotable, nth: even(before.toString()).split(even(quote)).length - 1 };
}

// What is missing of a word of which only a part was selected, before and behind. Where words have no blanks between them
// (Japanese, Chinese, Thai), nothing is.
function halves(range) {
  const letter = /[\p{L}\p{M}\p{N}]/u;
  const unparted = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
  const joins = (a, b) => [a, b].every((one) => letter.test(one) && !unparted.test(one));
  const { startContainer: first, startOffset: from, endContainer: last, endOffset: to } = range;
  let [start, end] = [from, to];
  if (first.data) while (start > 0 && joins(first.data[start - 1], first.data[start] ?? "")) start -= 1;
  if (last.data) while (end > 0 && end < last.data.length && joins(last.data[end - 1], last.data[end])) end += 1;
  return [first.data?.slice(start, from) ?? "", last.data?.slice(to, end) ?? ""];
}

function selectedIn(home, range) {
  const clipped = range.cloneRange();
  clipped.setEndAfter(home.lastChild);
  return clipped.toString().trim();
}

function place() {
  const found = selected();
  words = found?.text ?? "";
  bar.hidden = !words;
  if (!words) return;
  const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
  // The sheet keeps it in the window, at once when that becomes narrower: see .select-bar.
  bar.style.setProperty("--beside", `${box.left + scrollX}px`);
  bar.style.setProperty("--width", `${bar.offsetWidth}px`);
  bar.style.top = `${box.bottom + scrollY + 8}px`;
  const address = new URL(review.dataset.selectGem, location.href);
  address.searchParams.set("quote", found.quote.slice(0, 1500));
  address.searchParams.set("place", found.place);
  address.searchParams.set("nth", found.nth);
  bar.querySelector("[data-select-make]").href = address;
}

if (review && bar) {
  let waiting;
  place(); // words may have been selected before this script had come
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(place, 150);
  });
  // Whoever is quicker than that takes the words as they are now.
  for (const reached of ["pointerdown", "focusin"]) {
    bar.addEventListener(reached, () => {
      if (selected()) place();
    });
  }
  addEventListener("resize", place); // a telephone that is turned: the words are elsewhere
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !bar.hidden) {
      document.getSelection().removeAllRanges();
      bar.hidden = true;
    }
  });
  bar.querySelector("[data-select-copy]").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard?.writeText(words);
    const label = button.textContent;
    button.textContent = JSON.parse(document.body.dataset.words).copied;
    setTimeout(() => { button.textContent = label; bar.hidden = true; }, 1200);
  });
  bar.querySelector("[data-select-tag]")?.addEventListener("click", () => {
    const box = document.getElementById("add-tag");
    box.value = words.slice(0, 80);
    bar.hidden = true;
    box.focus();
    box.dispatchEvent(new Event("input"));
  });
}
