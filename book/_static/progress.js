// What the learner has done, remembered in this browser only: finished lessons, answers to questions
// and passed self-checks. Nothing is sent. Where the browser keeps nothing, the buttons stay hidden and
// the page "My progress" says why. progress-page.js fills in that page.
(function () {
  "use strict";

  const KEY = "counting-across-borders-progress";
  const COURSE = "Counting Across Borders";
  const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  const PARTS = {
    finished: (entry) => typeof entry.done === "boolean",
    quizzes: (entry) => typeof entry.right === "boolean" && typeof entry.solved === "boolean" &&
      Array.isArray(entry.answer) && entry.answer.length <= 10 &&
      entry.answer.every((text) => typeof text === "string" && text.length <= 40),
    checks: () => true,
  };
  const now = () => new Date().toISOString();

  // One JSON text, so that the stored form and the saved file are the same thing.
  const empty = () => ({ course: COURSE, version: 1, finished: {}, quizzes: {}, checks: {} });

  function valid(given) {
    return Boolean(given) && given.course === COURSE && given.version === 1 &&
      Object.entries(PARTS).every(([part, fits]) => {
        const entries = given[part];
        return entries && typeof entries === "object" && !Array.isArray(entries) &&
          Object.entries(entries).every(([name, entry]) => name.length <= 200 &&
            name !== "__proto__" && entry && WHEN.test(entry.at) && fits(entry));
      });
  }

  // The later of each; a question that was once right stays so.
  function merge(ours, theirs) {
    const both = empty();
    for (const part of Object.keys(PARTS)) {
      for (const name of new Set([...Object.keys(ours[part]), ...Object.keys(theirs[part])])) {
        const [a, b] = [ours[part][name], theirs[part][name]];
        const later = !a || (b && b.at > a.at) ? b : a;
        both[part][name] = part === "quizzes"
          ? { ...later, solved: Boolean((a && a.solved) || (b && b.solved)) } : later;
      }
    }
    return both;
  }

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return valid(kept) ? kept : empty();
    } catch {
      return empty();
    }
  }

  function write(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      return true;
    } catch {
      return false;
    }
  }

  function erase() {
    try {
      localStorage.removeItem(KEY);
      return true;
    } catch {
      return false;
    }
  }

  // Pages of a browser that keeps nothing have a stand-in (templates/layout.html), and what a later
  // edition of the course kept is left alone.
  function works() {
    if (localStorage.refused) return false;
    try {
      return !(JSON.parse(localStorage.getItem(KEY)).version > 1);
    } catch {
      return true; // nothing is kept yet, or something broken: begin anew
    }
  }

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  globalThis.FlywayProgress = { valid, merge, read, write, erase, works, fill, empty, now };
  if (typeof document === "undefined") return; // run by a test, without a page

  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const base = new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const nameOf = (address) => address.startsWith(base)
    ? address.slice(base.length).replace(/\.html.*$|[?#].*$/s, "") : "";
  const here = nameOf(location.href);

  function change(edit) {
    const state = read(); // another tab may have written since
    edit(state);
    write(state);
    return show();
  }

  // The menu: a tick beside each finished lesson, and beside a module when all of its lessons are.
  function show() {
    const words = document.getElementById("fw-progress");
    if (!words) return "";
    const { finished } = read();
    const lessons = words.dataset.lessons.split(" ");
    const done = (name) => Boolean(finished[name] && finished[name].done);
    const count = lessons.filter(done).length;
    const said = fill(words.content.querySelector(".fw-count").textContent,
      { done: count, all: lessons.length });
    const lessonOf = (link) => nameOf(link.href);
    all(".bd-docs-nav .fw-tick, .bd-docs-nav .fw-count").forEach((sign) => sign.remove());
    for (const link of all(".bd-docs-nav a.internal")) {
      const inside = all(":scope > details a.internal", link.parentElement).map(lessonOf)
        .filter((name) => lessons.includes(name));
      if (done(lessonOf(link)) || (inside.length && inside.every(done))) {
        link.append(words.content.querySelector(".fw-tick").cloneNode(true));
      }
      if (lessonOf(link) === words.dataset.page && count) {
        const line = words.content.querySelector(".fw-count").cloneNode();
        line.textContent = ` ${said}`;
        link.append(line);
      }
    }
    for (const box of all("[data-fw-finish]")) {
      box.hidden = false;
      const button = box.querySelector("button");
      button.setAttribute("aria-pressed", done(here));
      box.querySelector(".fw-finish-sign").textContent = done(here) ? "✔" : "☐";
    }
    dispatchEvent(new CustomEvent("fw-progress"));
    return said;
  }

  function quiz(box) {
    const name = `${here}#${box.id}`;
    const inputs = all(".fw-choice input, .fw-number input", box);
    const kept = read().quizzes[name];
    let line = null;
    if (kept) {
      for (const input of inputs) {
        if (input.type === "text") input.value = kept.answer[0] || "";
        else input.checked = kept.answer.includes(input.value);
      }
      const words = document.getElementById("fw-progress");
      line = words && words.content
        .querySelector(`.fw-last[data-word=${kept.right ? "right" : "wrong"}]`).cloneNode(true);
      if (line) box.querySelector(".fw-feedback").before(line);
    }
    box.addEventListener("fw-answered", ({ detail: { right } }) => {
      if (line) line.remove();
      const answer = inputs.filter((input) => input.type === "text" || input.checked)
        .map((input) => input.value.trim().slice(0, 40));
      change((state) => {
        const solved = right || Boolean(state.quizzes[name] && state.quizzes[name].solved);
        state.quizzes[name] = { answer, right, solved, at: now() };
      });
    });
  }

  function start() {
    if (!works()) return;
    all("[data-fw-quiz]").forEach(quiz);
    all("[data-fw-finish] button").forEach((button) => button.addEventListener("click", () => {
      const done = button.getAttribute("aria-pressed") !== "true";
      button.parentElement.querySelector("[role=status]").textContent =
        change((state) => { state.finished[here] = { done, at: now() }; });
    }));
    show();
    addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) show(); });
    addEventListener("pageshow", (event) => { if (event.persisted) show(); });
  }

  FlywayProgress.show = show;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
