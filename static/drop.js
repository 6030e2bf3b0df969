// Files and folders dropped on <form data-drop>: they go into its file box, are named, and what is too much is said at
// once. A large upload says how far it is.

const inBytes = (size) => (size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`);

function wake(form) {
  const input = form.querySelector("[data-drop-input]");
  const list = form.querySelector("[data-drop-list]");
  const send = form.querySelector("[data-drop-send]");
  const bar = form.querySelector("[data-drop-progress]");
  const zone = form.querySelector(".dropzone") || form;
  const boxes = [...zone.querySelectorAll("input[type=file]")];
  const limit = Number(form.dataset.dropLimit) || Infinity;
  form.querySelector("[data-drop-words]")?.removeAttribute("hidden");

  const tell = () => {
    const files = boxes.flatMap((box) => [...box.files]);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const names = files.slice(0, 5).map((file) => `${file.webkitRelativePath || file.name} (${inBytes(file.size)})`);
    const all = names.join(", ") + (files.length > 5 ? ` and ${files.length - 5} more, ${inBytes(size)} together` : "");
    list.textContent = size > limit ? form.dataset.dropTooLarge : all;
    list.hidden = !files.length;
    send.disabled = size > limit;
  };
  for (const box of boxes) box.addEventListener("change", tell);

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = event.dataTransfer.files;
    if (entries.some((entry) => entry.isDirectory)) {
      const found = new DataTransfer();
      for (const entry of entries) for (const file of await filesOf(entry)) found.items.add(file);
      input.files = found.files;
    } else input.files = plain;
    tell();
  });
  if (bar) form.addEventListener("submit", (event) => upload(event, form, bar, send));
}

for (const form of document.querySelectorAll("[data-drop]")) wake(form);

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const inside = [];
  // A reader gives a hundred at a time, and none when it is through.
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(filesOf))).flat();
}

function upload(event, form, bar, send) {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.responseType = "document";
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
  });
  const shown = setTimeout(() => { bar.hidden = false; }, 300);
  send.disabled = true;
  request.addEventListener("load", () => {
    clearTimeout(shown);
    if (request.status < 400 && request.responseURL !== form.action) return location.assign(request.responseURL);
    const main = request.response?.querySelector("main");
    if (!main) return form.submit();
    bar.hidden = true;
    send.disabled = false;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    document.querySelector("main").focus();
    scrollTo(0, 0);
    for (const again of main.querySelectorAll("[data-drop]")) wake(again);
  });
  request.addEventListener("error", () => form.submit());
  request.send(new FormData(form));
}
