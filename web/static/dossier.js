// Saves the dossier as one types, takes files that are dropped, shows them before they go. Without it the buttons do all of this.
"use strict";
(function () {
  const form = document.getElementById("dossier"), line = document.getElementById("autosave");
  if (!form || !line) return;
  const words = line.dataset, version = form.elements.version, kept = `dossier ${words.owner} ${form.action}`;
  const typed = () => Array.from(new FormData(form)).filter(([name]) => name.startsWith("dossier."));
  const written = () => JSON.stringify(typed());
  let saved = written(), saving = null, timer = 0, stopped = false;

  const unsaved = () => written() !== saved;
  function say(text, tone) {
    line.hidden = false;
    line.className = `autosave ${tone || ""}`;
    line.textContent = text;
  }

  // What the check finds, beside each field and in the meter, as the server wrote it on the page that answers.
  function show(page) {
    for (const place of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(place.id);
      if (fresh && fresh.innerHTML !== place.innerHTML) place.innerHTML = fresh.innerHTML;
    }
    for (const control of form.querySelectorAll("[id^='dossier-']")) {
      const fresh = page.getElementById(control.id);
      if (!fresh) continue;
      control.toggleAttribute("aria-invalid", false);
      if (fresh.getAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
      const field = control.closest(".field"), other = fresh.closest(".field");
      if (field && other) field.className = other.className;
    }
    const now = page.querySelector("#dossier [name=version]");
    if (now && !stopped) version.value = now.value;
  }

  function keep() {
    try { sessionStorage.setItem(kept, JSON.stringify({ version: version.value, fields: typed() })); } catch (full) { /* then the page itself is all there is */ }
  }
  const forget = () => sessionStorage.removeItem(kept);

  function refused(answer, page) {
    keep();
    const box = page.querySelector("#dossier-refused, #dossier-conflict, main .sheet"), why = box ? box.innerText || box.textContent : String(answer.status);
    if (answer.status === 401 || answer.status === 400) {
      say(words.ended, "failed");
      const way = document.createElement("a");
      way.href = words.signIn;
      way.textContent = words.signInWords;
      line.append(" ", way);
      stopped = true;
    } else if (answer.status === 409) {
      stopped = true;
      say(`${words.conflict} `, "failed");
      const both = document.createElement("button");
      both.textContent = words.both;
      both.type = "submit";
      both.setAttribute("form", "dossier");
      line.append(both);
    } else {
      say(`${words.failed} ${why.replace(/\s+/g, " ").trim().slice(0, 300)}`, "failed");
    }
  }

  async function save() {
    clearTimeout(timer);
    if (saving) await saving;
    if (stopped || !unsaved()) return;
    const sent = written();
    say(words.saving);
    saving = (async function () {
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" }, cache: "no-store" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!answer.ok || !page.getElementById("dossier")) return refused(answer, page);
        saved = sent;
        forget();
        show(page);
        say(page.getElementById("autosave").dataset.saved, "done");
      } catch (trouble) {
        keep();
        say(words.offline, "failed");
        timer = setTimeout(save, 10000);
      }
    })();
    await saving;
    saving = null;
    if (!stopped && unsaved() && !line.classList.contains("failed")) soon();
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", save);
  form.addEventListener("submit", function () { saved = written(); clearTimeout(timer); });
  window.addEventListener("beforeunload", function (event) {
    if (!unsaved()) return;
    keep();
    if (!stopped) event.preventDefault();
  });

  // What could not be saved before this page was left: of the same person, and over the version on which it was typed.
  (function restore() {
    let left = null;
    try { left = JSON.parse(sessionStorage.getItem(kept)); } catch (unreadable) { /* nothing to restore */ }
    if (!left) return;
    forget();
    const values = new Map(left.fields);
    for (const control of form.elements) {
      if (!control.name || !control.name.startsWith("dossier.")) continue;
      if (control.type === "checkbox") control.checked = values.has(control.name);
      else if (values.has(control.name)) control.value = values.get(control.name);
    }
    if (!unsaved()) return;
    version.value = left.version;
    say(words.restored, "done");
    soon();
  })();

  // ------------------------------------------------------------------------------------------------------------ files

  const size = (octets) => octets >= 1048576 ? `${(octets / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(octets / 1024))} KB`;
  const make = (tag, text, parent) => { const node = document.createElement(tag); node.textContent = text || ""; parent.append(node); return node; };

  function wrong(file, input) {
    if (file.size > Number(words.most)) return words.tooLarge;
    if (file.size === 0) return words.empty;
    return input.accept.split(",").some((end) => file.name.toLowerCase().endsWith(end)) ? "" : words.wrongType;
  }

  async function preview(file, item) {
    const way = make("a", words.look, item);
    way.href = URL.createObjectURL(file);
    way.target = "_blank";
    way.rel = "noopener";
    if (!file.type.startsWith("image/")) return;
    try {
      const picture = await createImageBitmap(file), canvas = document.createElement("canvas"), scale = Math.min(1, 160 / picture.width, 120 / picture.height);
      canvas.width = Math.max(1, picture.width * scale);
      canvas.height = Math.max(1, picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      item.append(canvas);
    } catch (unreadable) {
      make("strong", words.wrongType, item);
    }
  }

  function send(place, file, bar) {
    const data = new FormData(place);
    data.set("file", file);
    return new Promise(function (resolve) {
      const call = new XMLHttpRequest();
      call.open("POST", place.action);
      call.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
      call.onload = () => resolve({ status: call.status, page: new DOMParser().parseFromString(call.responseText, "text/html") });
      call.onerror = () => resolve({ status: 0, page: null });
      call.send(data);
    });
  }

  function ready(place) {
    const input = place.elements.file, list = document.createElement("ul"), id = place.id;
    let files = [];
    input.multiple = Number(place.dataset.room) > 1;
    list.className = "plain chosen";
    input.after(list);
    make("p", words.drop, place.querySelector(".dropping"));

    function choose(chosen) {
      files = Array.from(chosen);
      for (const old of list.querySelectorAll("a")) URL.revokeObjectURL(old.href);
      list.textContent = "";
      for (const [n, file] of files.entries()) {
        const item = make("li", "", list), fault = n < Number(place.dataset.room) ? wrong(file, input) : words.tooMany;
        make("span", `${file.name} · ${size(file.size)} `, item);
        if (fault) make("strong", fault, item).className = "error";
        else preview(file, item);
      }
      files = files.filter((file, n) => n < Number(place.dataset.room) && !wrong(file, input));
    }
    input.addEventListener("change", () => choose(input.files));
    for (const kind of ["dragover", "dragleave", "drop"]) place.addEventListener(kind, function (event) {
      event.preventDefault();
      place.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { input.required = false; choose(event.dataTransfer.files); }
    });
    place.addEventListener("submit", async function (event) {
      event.preventDefault();
      if (!files.length) return input.focus();
      await save();
      place.querySelector("button").disabled = true;
      const bar = make("progress", "", list);
      bar.setAttribute("aria-label", words.uploading);
      for (const file of files) {
        bar.value = 0;
        say(`${words.uploading} ${file.name}`);
        const answer = await send(place, file, bar);
        if (answer.status !== 200 || !answer.page.getElementById("dossier")) {
          const box = answer.page && answer.page.querySelector(`#${CSS.escape(id)}-refused, main .sheet`);
          say(`${words.failed} ${file.name}${words.colon}${box ? box.textContent.replace(/\s+/g, " ").trim().slice(0, 300) : words.offline}`, "failed");
          bar.remove();
          place.querySelector("button").disabled = false;
          return;
        }
        show(answer.page);
      }
      say(words.uploaded, "done");
      const slot = document.getElementById(`slot-${id}`);
      bind(slot);
      slot.querySelector("a, input, button").focus();
    });
  }
  function bind(within) {
    for (const place of within.querySelectorAll("form[data-room]")) ready(place);
  }
  bind(document);
})();
