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
  // What was dropped as a folder, each file with its path, which a file box cannot hold.
  const dropped = [];
  const limit = Number(form.dataset.dropLimit) || Infinity;
  form.querySelector("[data-drop-words]")?.removeAttribute("hidden");

  const tell = () => {
    const chosen = boxes.flatMap((box) => [...box.files]).map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    const files = [...chosen, ...dropped];
    const size = files.reduce((sum, { file }) => sum + file.size, 0);
    const names = files.slice(0, 5).map(({ file, path }) => `${path} (${inBytes(file.size)})`);
    const all = names.join(", ") + (files.length > 5 ? ` ${form.dataset.dropMore.replace("{count}", files.length - 5).replace("{size}", inBytes(size))}` : "");
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
    dropped.length = 0;
    if (bar && entries.some((entry) => entry.isDirectory)) {
      for (const entry of entries) dropped.push(...(await filesOf(entry)));
      input.value = "";
    } else input.files = plain;
    tell();
  });
  if (bar) form.addEventListener("submit", (event) => upload(event, form, bar, send, dropped));
}

for (const form of document.querySelectorAll("[data-drop]")) wake(form);

async function filesOf(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ file, path: entry.fullPath.replace(/^\//, "") }];
  }
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

function upload(event, form, bar, send, dropped) {
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
    if (!main) return location.reload();
    bar.hidden = true;
    send.disabled = false;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    document.querySelector("main").focus();
    scrollTo(0, 0);
    for (const again of main.querySelectorAll("[data-drop]")) wake(again);
  });
  request.addEventListener("error", () => (dropped.length ? location.reload() : form.submit()));
  const fields = new FormData(form);
  for (const { file, path } of dropped) fields.append("files", file, path);
  request.send(fields);
}
