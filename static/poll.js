// The progress of a run: <section data-poll="/address"> asks for JSON and writes it into [data-poll-text="key"] and
// [data-poll-value="key"]; once it says `finished`, the page is loaded anew.

for (const section of document.querySelectorAll("[data-poll]")) {
  const every = Number(section.dataset.pollEvery || 500);
  let failures = 0;
  const look = async () => {
    try {
      const answer = await fetch(section.dataset.poll, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const now = await answer.json();
      failures = 0;
      for (const place of section.querySelectorAll("[data-poll-text]")) place.textContent = now[place.dataset.pollText] ?? "";
      for (const bar of section.querySelectorAll("[data-poll-value]")) {
        const value = now[bar.dataset.pollValue];
        if (value === null || value === undefined) bar.removeAttribute("value");
        else bar.value = value;
      }
      if (now.finished) return location.reload();
    } catch {
      failures += 1;
    }
    // A server that is away is asked less and less often.
    setTimeout(look, every * 2 ** Math.min(failures, 6));
  };
  look();
}
