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

  // Keys. The letter that a key writes counts where it is Latin, its place otherwise, so a Cyrillic, Arabic or AZERTY board works.
  if (body.dataset.keys === "off") return;
  const keys = {
    __proto__: null, "?": "help", "/": "search", "g w": "watch", "g q": "queue", "g d": "deadlines", "g s": "approvals", "c": "new",
    "j": "down", "k": "up", "o": "open", "u": "urgent", "a": "acknowledge", "n": "ask", "p": "print",
  };
  for (const [command, key] of Object.entries(JSON.parse(body.dataset.keyMap || "{}"))) {
    for (const known of Object.keys(keys)) if (keys[known] === command) delete keys[known];
    keys[key] = command;
  }
  const places = { watch: "/watch", queue: "/queue", deadlines: "/deadlines", approvals: "/approvals", new: "/new", help: "/help" };
  const lines = () => [...document.querySelectorAll("[data-line]")];
  let line = -1;
  const move = (by) => {
    const all = lines();
    if (!all.length) return;
    line = Math.max(0, Math.min(all.length - 1, line + by));
    all.forEach((row, index) => row.classList.toggle("at", index === line));
    all[line].querySelector("a").focus();
  };
  const press = (name) => {
    const found = document.querySelector(`[data-command="${name}"]`);
    if (!found) return false;
    if (found.tagName === "A") found.click(); else found.focus();
    return true;
  };
  const act = {
    down: () => move(1),
    up: () => move(-1),
    open: () => { const row = lines()[line]; if (row) row.querySelector("a").click(); },
    urgent: () => { const first = document.querySelector("[data-urgent] a, a[data-urgent]"); if (first) first.click(); },
    print: () => window.print(),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at && at.form) {
      // As Enter in a field would: by the form's first button.
      event.preventDefault();
      at.form.requestSubmit(at.form.querySelector("button"));
      return;
    }
    if (!(at instanceof Element) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.matches("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]")) return;
    const letter = /^[a-z?/]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
    const pressed = before ? `${before} ${letter}` : letter;
    before = "";
    const here = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
    if (here) { event.preventDefault(); here.click(); return; }
    const command = keys[pressed];
    if (!command) {
      if (Object.keys(keys).some((key) => key.startsWith(`${pressed} `))) { before = pressed; setTimeout(() => { before = ""; }, 1500); }
      return;
    }
    event.preventDefault();
    if (act[command]) act[command]();
    else if (!press(command) && places[command]) location.assign(places[command]);
  });
})();
