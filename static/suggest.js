// The type-ahead list under a box: <input data-suggest="/address">. The ARIA combobox pattern with a list that is only
// suggested: Enter without a choice does what it always did, but for a box with names. Further attributes:
//   data-suggest-open  a chosen suggestion is opened (the search box)
//   data-suggest-list  the box holds names with commas between them; the last one is completed, and Enter ends it
//   data-suggest-send  a chosen suggestion is sent at once
// A suggestion's `value`, where it has one, goes into the box instead of its `text`.

const PAUSE = 80;
// The words of the page's language: tag, gem, review, person, past, suggestions.
const WORDS = JSON.parse(document.body.dataset.words);
const PICTURES = {
  tag: '<path d="M1.8 2.5h5.4l7 7-4.9 4.7-7.5-7z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>',
  gem: '<path d="M8 1.2 14 8l-6 6.8L2 8z" fill="currentColor"/>',
  review: '<path d="M3 1.8h7l3 3v9.4H3z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/><path d="M5.3 7h5.4M5.3 9.6h5.4" stroke="currentColor" stroke-width="1.3"/>',
  person: '<circle cx="8" cy="5.2" r="2.9" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M2.4 14.2c.6-3.2 2.9-4.6 5.6-4.6s5 1.4 5.6 4.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  past: '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M8 4.6V8l2.4 1.6" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  word: '<circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M10.4 10.4 14 14" stroke="currentColor" stroke-width="1.8"/>',
};

function picture(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", "14");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = PICTURES[kind] || PICTURES.word;
  return svg;
}

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

class Combo {
  constructor(input) {
    this.input = input;
    this.at = -1;
    this.found = [];
    this.asked = null;
    this.list = document.createElement("ul");
    this.list.className = "combo-list";
    this.list.id = `${input.id}-suggested`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", WORDS.suggestions);
    this.list.hidden = true;
    input.closest(".combo").append(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // A press must not take the focus from the box, or the list would be gone before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(this.found[[...this.list.children].indexOf(option)]);
    });
  }

  part() {
    const value = this.input.value;
    if (!this.input.hasAttribute("data-suggest-list")) return value;
    return value.slice(value.lastIndexOf(",") + 1).trimStart();
  }

  typed() {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!this.part().trim()) return this.close();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked = new AbortController();
    const address = new URL(this.input.dataset.suggest, location.href);
    address.searchParams.set("q", this.part());
    try {
      const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(found) {
    if (document.activeElement !== this.input) return;
    this.found = found;
    this.at = -1;
    this.list.replaceChildren(...found.map((one, index) => this.option(one, index)));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  option(one, index) {
    const made = document.createElement("li");
    made.id = `${this.list.id}-${index}`;
    made.className = `of-${one.kind}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    const what = [one.also ? `= ${one.also}` : WORDS[one.kind] ?? "", one.count > 1 || one.kind === "tag" ? one.count : ""];
    made.append(picture(one.kind), span("text", one.text), span("what", what.filter((word) => word !== "").join(" ")));
    return made;
  }

  move(step) {
    const count = this.found.length;
    // One place more than there are suggestions: the box itself.
    this.at = ((this.at + 1 + step + count + 1) % (count + 1)) - 1;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const chosen = this.list.children[this.at];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "ArrowDown") this.typed();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && open && this.at >= 0) {
      event.preventDefault();
      this.take(this.found[this.at]);
    } else if (event.key === "Enter" && this.input.hasAttribute("data-suggest-list") && this.part().trim()) {
      // Half a name must not go off with the whole form: Enter ends it, and sends the form when nothing follows the comma.
      event.preventDefault();
      this.input.value = `${this.input.value.trimEnd()}, `;
      this.close();
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (event.key === "Enter") this.close();
  }

  take(one) {
    this.close();
    if (this.input.hasAttribute("data-suggest-open") && one.url) {
      location.assign(one.url);
      return;
    }
    if (this.input.hasAttribute("data-suggest-list")) {
      const value = this.input.value;
      const before = value.slice(0, value.lastIndexOf(",") + 1);
      this.input.value = `${before}${before ? " " : ""}${one.text}, `;
    } else this.input.value = one.value || one.text;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    if (this.input.matches("[data-suggest-send], [data-suggest-open]")) this.input.form.requestSubmit();
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

const known = new WeakSet();
function wake(root) {
  for (const input of root.querySelectorAll("[data-suggest]")) {
    if (!known.has(input)) {
      known.add(input);
      new Combo(input);
    }
  }
}
wake(document);
document.addEventListener("kb:fresh", (event) => wake(event.target));
