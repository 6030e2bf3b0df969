// Bringing in: dropped files, the progress of a run, and copying what is shown once.

const inBytes = (size) => (size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`);

for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("[data-drop-input]");
  const list = form.querySelector("[data-drop-list]");
  const send = form.querySelector("button:not([type=button])");
  const limit = Number(form.dataset.dropLimit) || Infinity;
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const zone = form.querySelector(".dropzone") || form;

  const tell = () => {
    const files = inputs.flatMap((one) => [...one.files]);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (send) send.disabled = size > limit;
    if (size > limit) list.textContent = form.dataset.dropTooLarge;
    else if (!files.length) list.textContent = "";
    else {
      const names = files.slice(0, 5).map((file) => `${file.webkitRelativePath || file.name} (${inBytes(file.size)})`);
      list.textContent = names.join(", ") + (files.length > 5 ? ` and ${files.length - 5} more` : "");
    }
  };
  for (const one of inputs) one.addEventListener("change", tell);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    input.files = event.dataTransfer.files;
    tell();
  });

  const bar = form.querySelector("[data-drop-progress]");
  if (bar) form.addEventListener("submit", (event) => upload(event, form, bar, send));
}

// A large upload takes its time: sent by hand, so that the bar can say how far it is.
function upload(event, form, bar, send) {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    bar.max = step.total;
    bar.value = step.loaded;
  });
  const shown = setTimeout(() => { bar.hidden = false; }, 300);
  if (send) send.disabled = true;
  request.addEventListener("load", () => {
    clearTimeout(shown);
    if (request.status < 400) location.assign(request.responseURL);
    else {
      const answer = request.response;
      document.title = answer.title;
      document.querySelector("main").replaceWith(document.adoptNode(answer.querySelector("main")));
      document.querySelector("main").focus();
    }
  });
  request.addEventListener("error", () => form.submit());
  request.send(new FormData(form));
}

for (const section of document.querySelectorAll("[data-poll]")) {
  let failures = 0;
  const look = async () => {
    try {
      const answer = await fetch(section.dataset.poll, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const now = await answer.json();
      failures = 0;
      for (const place of section.querySelectorAll("[data-poll-text]")) place.textContent = now[place.dataset.pollText] ?? "";
      for (const bar of section.querySelectorAll("[data-poll-value]")) bar.value = now[bar.dataset.pollValue] ?? 0;
      if (now.finished) return location.reload();
    } catch {
      failures += 1;
    }
    // A server that is away is asked less and less often.
    setTimeout(look, Number(section.dataset.pollEvery || 500) * 2 ** Math.min(failures, 6));
  };
  look();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
