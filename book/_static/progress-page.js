// The page "My progress": fills in its table, and saves, loads, prints and erases. See progress.js.
(function () {
  "use strict";

  const { valid, merge, read, write, erase, works, fill, empty, now, show } = FlywayProgress;
  const MOST = 1_000_000; // bytes of a file; a whole course is a hundredth of it
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const table = document.querySelector(".fw-progress");
  const tools = document.querySelector(".fw-progress-tools");
  const spoken = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const day = (when) => new Date(when).toLocaleDateString(spoken, { dateStyle: "long" });
  const words = (name, values = {}) => fill(
    table.querySelector("template").content.querySelector(`[data-word="${name}"]`).textContent, values);
  const note = (name, wanted) => { table.querySelector(`[data-note="${name}"]`).hidden = !wanted; };
  const live = location.protocol !== "file:" &&
    /(?:^|;\s*)course_server=1(?:;|$)/.test(document.cookie);
  // JupyterLab's server, beside the book on the same address; never another machine.
  const address = new URL(`${document.documentElement.dataset.content_root}../course/checks`, location.href);

  function rows(state) {
    return all("tr[data-page]", table).map((row) => {
      const page = row.dataset.page;
      const quizzes = row.dataset.quizzes.split(" ").filter(Boolean)
        .map((id) => state.quizzes[`${page}#${id}`]).filter(Boolean);
      const checks = JSON.parse(row.dataset.checks);
      const finished = state.finished[page];
      return {
        row, lesson: row.hasAttribute("data-lesson"), name: row.querySelector("th").textContent.trim(),
        finished: finished && finished.done ? finished.at : "",
        questions: row.dataset.quizzes.split(" ").filter(Boolean).length,
        answered: quizzes.length, right: quizzes.filter((entry) => entry.solved).length,
        checks: checks.length, passed: checks.filter((key) => state.checks[key]).length,
      };
    });
  }

  function summary(state) {
    const found = rows(state);
    const total = (name) => found.reduce((sum, entry) => sum + entry[name], 0);
    return words("sum", {
      done: found.filter((entry) => entry.lesson && entry.finished).length,
      lessons: found.filter((entry) => entry.lesson).length,
      right: total("right"), questions: total("questions"),
      passed: total("passed"), checks: total("checks"),
    });
  }

  function sign(mark, heard) {
    const [seen, told] = [document.createElement("span"), document.createElement("span")];
    seen.textContent = mark;
    seen.setAttribute("aria-hidden", "true");
    told.className = "fw-only-heard";
    told.textContent = heard;
    return [seen, told];
  }

  function refresh() {
    const state = read();
    table.querySelector(".fw-progress-sum").textContent = summary(state);
    for (const entry of rows(state)) {
      const cell = (name) => entry.row.querySelector(`[data-fw="${name}"]`);
      if (entry.lesson) {
        cell("finished").replaceChildren(
          ...(entry.finished ? sign("✔", words("finished")) : sign("☐", words("open"))));
      }
      entry.row.classList.toggle("fw-is-finished", Boolean(entry.finished));
      const wrong = entry.answered - entry.right;
      if (entry.questions) {
        cell("questions").textContent = words(wrong ? "more" : "right",
          { right: entry.right, all: entry.questions, wrong });
      }
      if (entry.checks) {
        cell("checks").textContent = words("passed", { passed: entry.passed, all: entry.checks });
      }
    }
    sheet(state);
  }

  // Self-checks run in JupyterLab; its server tells which of them have passed.
  async function ask() {
    note("elsewhere", !live);
    if (!live) return;
    try {
      const { passed } = await (await fetch(address, { cache: "no-store" })).json();
      note("signed-out", !passed);
      const state = read();
      const fresh = (passed || []).filter((key) => !state.checks[key]);
      for (const key of fresh) state.checks[key] = { at: now() };
      if (fresh.length) write(state);
      refresh();
    } catch {
      note("elsewhere", true);
    }
  }

  async function forget() {
    const token = /(?:^|;\s*)_xsrf=([^;]+)/.exec(document.cookie);
    const answer = await fetch(address, {
      method: "DELETE", headers: { "X-XSRFToken": token ? decodeURIComponent(token[1]) : "" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  const part = (name) => tools.querySelector(`[data-do="${name}"]`);
  const said = (text) => { tools.querySelector(".fw-tools-said").textContent = text; };

  function save() {
    const file = `my-progress-${now().slice(0, 10)}.json`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(
      new Blob([JSON.stringify(read(), null, 1)], { type: "application/json" }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // when the browser has taken it
    said(words("saved", { file }));
  }

  async function load(event) {
    const [file] = event.target.files;
    if (!file) return;
    let given = null;
    try {
      given = file.size > MOST ? null : JSON.parse(await file.text());
    } catch { /* no JSON: told below */ }
    event.target.value = ""; // the same file may be chosen again
    if (!valid(given)) return said(words("foreign"));
    // Only what we know is taken from a file.
    const clean = empty();
    for (const [name, { done, at }] of Object.entries(given.finished)) clean.finished[name] = { done, at };
    for (const [name, { answer, right, solved, at }] of Object.entries(given.quizzes)) {
      clean.quizzes[name] = { answer, right, solved, at };
    }
    for (const [name, { at }] of Object.entries(given.checks)) clean.checks[name] = { at };
    const kept = write(merge(read(), clean));
    show();
    said(kept ? words("loaded", { sum: summary(read()) }) : words("full"));
  }

  // A button that opens something below it says so.
  function unfold(name, open) {
    part(name).setAttribute("aria-expanded", open);
    document.getElementById(part(name).getAttribute("aria-controls")).hidden = !open;
  }

  function askErase() {
    const open = part("erase").getAttribute("aria-expanded") !== "true";
    document.getElementById("fw-erase-ask").textContent = words("ask", { sum: summary(read()) });
    unfold("erase", open);
    if (open) part("erase-no").focus();
  }

  async function eraseAll() {
    const sum = summary(read());
    const gone = erase();
    let there = true;
    if (live) await forget().catch(() => { there = false; });
    unfold("erase", false);
    show();
    said([words(gone ? "erased" : "stays", { sum }), there ? "" : words("lab-stays")].join(" ").trim());
    part("erase").focus();
  }

  function keep() {
    unfold("erase", false);
    said(words("kept"));
    part("erase").focus();
  }

  const field = document.getElementById("fw-record-name");

  function sheet(state) {
    const paper = tools.querySelector(".fw-sheet");
    const cell = (name) => paper.querySelector(`[data-fw="${name}"]`);
    cell("name").textContent = field.value.trim() || "\u00a0";
    cell("date").textContent = day(now());
    cell("sum").textContent = summary(state);
    const lines = rows(state).filter((entry) => entry.lesson && entry.finished).map((entry) =>
      words("on", { lesson: entry.name, date: day(entry.finished) }));
    cell("lessons").replaceChildren(...(lines.length ? lines : [words("none")]).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }

  function record() {
    const open = part("record").getAttribute("aria-expanded") !== "true";
    sheet(read());
    unfold("record", open);
    if (open) field.focus();
  }

  // Paper gets a copy of the sheet alone; afterwards copy and name are gone.
  function print() {
    sheet(read());
    const paper = tools.querySelector(".fw-sheet").cloneNode(true);
    paper.classList.add("fw-paper");
    document.body.append(paper);
    const after = () => {
      paper.remove();
      field.value = "";
      sheet(read());
    };
    addEventListener("afterprint", after, { once: true });
    globalThis.print();
  }

  function start() {
    const usable = works();
    note("refused", !usable);
    note("stick", usable && location.protocol === "file:");
    if (!usable) return;
    tools.hidden = false;
    for (const [name, act] of Object.entries({
      save, record, erase: askErase, "erase-yes": eraseAll, "erase-no": keep, paper: print,
    })) part(name).addEventListener("click", act);
    tools.querySelector("input[type=file]").addEventListener("change", load);
    tools.querySelector("#fw-erase").addEventListener("keydown", (event) => {
      if (event.key === "Escape") keep();
    });
    field.addEventListener("input", () => sheet(read()));
    addEventListener("fw-progress", refresh);
    refresh();
    ask();
    // Back from JupyterLab: more may have passed.
    document.addEventListener("visibilitychange", () => { if (live && !document.hidden) ask(); });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
