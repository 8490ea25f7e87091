// What a page does by itself for somebody who works quickly: keys, the clock in the corner, a warning before the session ends.
// Without this file everything still works: each key only follows a link, moves the focus or presses a button that is there.
(() => {
  "use strict";
  const body = document.body;
  const said = document.getElementById("said");
  const say = (text) => { said.textContent = text; };

  // The session. Any key or touch in the last two minutes keeps it; the page itself never does.
  const opened = performance.now();
  let ends = Number(body.dataset.idleEnds);
  let warned = false, asking = false;
  const keep = async () => {
    if (!warned || asking) return;
    asking = true;
    const form = new URLSearchParams({ form: document.querySelector("input[name=form]").value });
    const answer = await fetch("/stay", { method: "POST", body: form }).catch(() => null);
    asking = false;
    if (answer && answer.status === 204) { ends = performance.now() - opened + 15 * 60000; warned = false; say(""); }
  };
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, keep);
  setInterval(() => {
    const rest = ends - (performance.now() - opened);
    if (rest <= 0) say(said.dataset.ended);
    else if (rest < 120000 && !warned) { warned = true; say(said.dataset.warning); }
  }, 5000);

  // The clock in the corner is no live region: it would read itself out.
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    const began = Date.parse(clock.dateTime) - performance.now();
    setInterval(() => {
      const at = new Date(began + performance.now()).toISOString();
      clock.textContent = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
    }, 10000);
  }

  // A field that depends on another answer steps aside until that answer is given; what stands in it stays in sight.
  const settle = () => {
    for (const field of document.querySelectorAll("[data-when]")) {
      const other = document.getElementsByName(field.dataset.when)[0];
      const input = field.querySelector("input, textarea, select");
      field.hidden = Boolean(other) && !field.dataset.values.split(" ").includes(other.value) && !input.value && !field.matches(".wrong");
    }
  };
  document.addEventListener("change", settle);
  settle();

  // A button to print stands only where it works.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // The list from which a request was opened, to go on along it.
  const lines = () => [...document.querySelectorAll("[data-line]")];
  const link = (row) => row.querySelector("th a, a");
  const way = "way";
  if (lines().length) sessionStorage.setItem(way, JSON.stringify(lines().map((row) => link(row).getAttribute("href"))));
  const along = (by) => {
    const all = JSON.parse(sessionStorage.getItem(way) || "[]");
    const next = all[all.indexOf(location.pathname) + by];
    if (next && all.includes(location.pathname)) location.assign(next);
  };

  // Everything that one can go to or do here, found by its name (Ctrl+K), and the keys (?): the page /commands, laid over this one.
  let told = null, dialog = null;
  const fetched = () => new Promise((done) => {
    // No script of ours touches HTML as text.
    const asked = new XMLHttpRequest();
    asked.open("GET", "/commands");
    asked.responseType = "document";
    asked.onloadend = () => done(asked.status === 200 && asked.response ? asked.response.querySelector("[data-palette]") : null);
    asked.send();
  });
  const doing = (list) => {
    for (const there of document.querySelectorAll("main button[data-command], main a[data-command]")) {
      const row = document.createElement("li");
      const button = document.createElement("button");
      button.textContent = there.textContent;
      button.addEventListener("click", () => { dialog.close(); there.focus(); });
      row.append(button);
      if (there.offsetParent) list.prepend(row);
    }
  };
  const palette = async (kind) => {
    if (dialog && dialog.open) { dialog.close(); return; }
    if (location.pathname === "/commands") { document.getElementById("command").focus(); return; }
    told = told || await fetched();
    if (!told) { location.assign("/commands"); return; }
    const before = document.activeElement;
    const mine = dialog = document.createElement("dialog");
    const part = document.importNode(told, true);
    dialog.className = "palette";
    dialog.setAttribute("aria-labelledby", `${kind}-title`);
    const list = part.querySelector(`[data-list=${kind}]`);
    for (const other of part.querySelectorAll("[data-list]")) if (other !== list) other.parentElement.remove();
    if (kind === "places") doing(list);
    const box = part.querySelector("input");
    const count = part.querySelector("[role=status]");
    const rows = [...list.children];
    const show = () => {
      const wanted = box.value.trim().toLocaleLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      count.textContent = count.dataset.found.replace("0", rows.filter((row) => !row.hidden).length);
    };
    const close = part.querySelector("[data-close]");
    close.hidden = false;
    close.addEventListener("click", () => mine.close());
    box.addEventListener("input", show);
    mine.addEventListener("keydown", (event) => {
      const targets = [...list.querySelectorAll("li:not([hidden]) :is(a, button)")];
      if (event.key === "Enter" && event.target === box) { event.preventDefault(); if (targets.length) targets[0].click(); }
      if (event.key === "Escape") { event.preventDefault(); mine.close(); }
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      (targets[targets.indexOf(document.activeElement) + by] || box).focus();
    });
    mine.addEventListener("close", () => { mine.remove(); if (document.activeElement === body) before.focus(); });
    mine.append(part);
    body.append(mine);
    mine.showModal();
    box.focus();
    show();
  };

  // Keys with Ctrl say what they are for and stay when single keys are switched off.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.code === "KeyK" || event.key === "k") { event.preventDefault(); palette("places"); }
    const at = event.target;
    if (event.key === "Enter" && at && at.form) {
      // As Enter in a field would.
      event.preventDefault();
      at.form.requestSubmit(at.form.querySelector("button"));
    }
  });

  // Single keys. The letter that a key writes counts where it is Latin, its place otherwise, so a Cyrillic, Arabic or AZERTY board works.
  if (body.dataset.keys === "off") return;
  const keys = { __proto__: null, ...JSON.parse(body.dataset.keyMap) };
  const places = { watch: "/watch", queue: "/queue", deadlines: "/deadlines", shift: "/shift", approvals: "/approvals", new: "/new" };
  let line = -1, from = -1;
  const move = (by) => {
    const all = lines();
    if (!all.length) return;
    line = Math.max(0, Math.min(all.length - 1, line + by));
    all.forEach((row, index) => row.classList.toggle("at", index === line));
    link(all[line]).focus();
  };
  const boxes = () => lines().map((row) => row.querySelector("input[name=x]"));
  const tick = (through) => {
    const box = boxes()[line];
    if (!box) return;
    box.checked = through || !box.checked;
    if (through && from >= 0) boxes().slice(Math.min(from, line), Math.max(from, line) + 1).forEach((one) => { if (one) one.checked = true; });
    from = line;
  };
  const press = (name) => {
    const found = document.querySelector(`[data-command="${name}"]`);
    if (!found) return false;
    for (let above = found.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
    if (found.tagName === "A") found.click(); else found.focus();
    return true;
  };
  // What is done to lines is done to the one in hand where none is ticked.
  const noted = (name) => { if (line >= 0 && !boxes().some((box) => box && box.checked)) tick(); press(name); };
  const changed = () => [...document.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=search])")]
    .some((field) => field.value !== field.defaultValue);
  const act = {
    help: () => palette("keys"),
    down: () => move(1),
    up: () => move(-1),
    open: () => { const row = lines()[line]; if (row) link(row).click(); },
    tick: (event) => tick(event.shiftKey),
    assign: () => noted("assign"),
    rest: () => noted("rest"),
    tag: () => noted("tag"),
    urgent: () => { const first = document.querySelector("[data-urgent] th a, [data-urgent] a, a[data-urgent]"); if (first) first.click(); },
    print: () => window.print(),
    previous: () => along(-1),
    next: () => along(1),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (!(at instanceof Element) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || at.closest("dialog")) return;
    const field = at.matches("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      // Out of a field first; then back, unless something was written that is not kept.
      if (field) at.blur(); else if (!changed()) history.back();
      return;
    }
    if (field) return;
    const letter = /^[a-z?/[\]]$/i.test(event.key) ? event.key.toLowerCase()
      : { BracketLeft: "[", BracketRight: "]", Slash: event.shiftKey ? "?" : "/" }[event.code] || event.code.replace(/^Key/, "").toLowerCase();
    const pressed = before ? `${before} ${letter}` : letter;
    before = "";
    const named = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
    if (named) { event.preventDefault(); named.click(); return; }
    const command = keys[pressed];
    if (!command) {
      if (Object.keys(keys).some((key) => key.startsWith(`${pressed} `))) { before = pressed; setTimeout(() => { before = ""; }, 1500); }
      return;
    }
    event.preventDefault();
    if (act[command]) act[command](event);
    else if (!press(command)) { const there = document.querySelector(`.menu a[href="${places[command]}"]`); if (there) there.click(); }
  });
})();
