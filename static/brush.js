// The chart of finds by month: drag over it to choose months, or walk with the arrow keys, Shift to choose several, Enter.
// Without this script each bar is a link, and so is each line of the table below it.

for (const brush of document.querySelectorAll("[data-brush]")) {
  const svg = brush.querySelector("svg");
  const said = brush.querySelector("[data-brushed]");
  const bars = [...svg.querySelectorAll("a")];
  const before = bars.map((bar) => "chosen" in bar.dataset);
  let from = -1;
  let to = -1;

  svg.removeAttribute("aria-hidden");
  svg.setAttribute("role", "listbox");
  svg.setAttribute("aria-multiselectable", "true");
  svg.setAttribute("aria-orientation", "horizontal");
  svg.setAttribute("aria-label", svg.dataset.label);
  svg.setAttribute("aria-description", said.dataset.help);
  const start = before.includes(true) ? before.lastIndexOf(true) : bars.length - 1;
  bars.forEach((bar, at) => {
    bar.setAttribute("role", "option");
    bar.setAttribute("aria-label", bar.querySelector("title").textContent);
    bar.setAttribute("aria-selected", String(before[at]));
    bar.setAttribute("tabindex", at === start ? "0" : "-1");
  });

  function show(first, last) {
    [from, to] = [first, last];
    const low = Math.min(first, last);
    const high = Math.max(first, last);
    bars.forEach((bar, at) => {
      const within = at >= low && at <= high;
      bar.toggleAttribute("data-chosen", within);
      bar.setAttribute("aria-selected", String(within));
      bar.setAttribute("tabindex", at === last ? "0" : "-1");
    });
    let count = 0;
    for (const bar of bars.slice(low, high + 1)) count += Number(bar.dataset.count);
    said.textContent = low === high
      ? bars[low].querySelector("title").textContent
      : said.dataset.range.replace("{first}", bars[low].dataset.words).replace("{last}", bars[high].dataset.words)
        .replace("{count}", count.toLocaleString(document.documentElement.lang));
  }

  function takeBack() {
    from = to = -1;
    said.textContent = "";
    bars.forEach((bar, at) => {
      bar.toggleAttribute("data-chosen", before[at]);
      bar.setAttribute("aria-selected", String(before[at]));
    });
  }

  function open() {
    const address = new URL(brush.dataset.brush, location.href);
    address.searchParams.set("from", bars[Math.min(from, to)].dataset.name);
    address.searchParams.set("to", bars[Math.max(from, to)].dataset.name);
    location.assign(address);
  }

  const under = (event) => {
    const box = svg.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(Math.max(at, 0), bars.length - 1);
  };
  let dragging = false;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey) return;
    dragging = true;
    svg.setPointerCapture(event.pointerId);
    show(under(event), under(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (dragging) show(from, under(event));
  });
  svg.addEventListener("pointerup", () => {
    if (dragging) open();
    dragging = false;
  });
  svg.addEventListener("pointercancel", () => {
    dragging = false;
    takeBack();
  });
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("click", (event) => {
    // Pressing has opened it already; with Ctrl or the middle button it is a link as any other.
    if (event.detail && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });

  svg.addEventListener("keydown", (event) => {
    const now = to >= 0 ? to : bars.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1, Home: -bars.length, End: bars.length }[event.key];
    if (step && now >= 0) {
      event.preventDefault();
      const next = Math.min(Math.max(now + step, 0), bars.length - 1);
      show(event.shiftKey ? (from < 0 ? now : from) : next, next);
      bars[next].focus();
    } else if (event.key === "Escape" && to >= 0) {
      event.preventDefault();
      takeBack();
    } else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
      event.preventDefault();
      if (to < 0) show(now, now);
      open();
    }
  });
}
