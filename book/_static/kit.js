// What moves on a page of the book. Everything works without it; nothing here asks the network,
// stores anything, or needs another script, so pages also work from a memory stick (file://).
(function () {
  "use strict";

  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];

  function element(name, className, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  // explore: pictures wait in a <template>, and are fetched when their state is chosen.
  function explore(figure) {
    const states = new Map(all("[data-state]", figure.querySelector("template").content)
      .map((picture) => [picture.dataset.state, picture]));
    const inputs = all(".fw-controls input, .fw-controls select", figure);
    const [light, dark] = all(":scope > .fw-figure", figure);
    const spoken = element("p", "fw-only-heard");
    spoken.setAttribute("aria-live", "polite");
    figure.append(spoken);

    function show() {
      const chosen = states.get(inputs.map((input) => input.value).join(","));
      if (!chosen) return;
      for (const [picture, source] of [[light, chosen.getAttribute("src")], [dark, chosen.dataset.dark]]) {
        if (!picture || !source) continue;
        picture.alt = chosen.alt;
        picture.setAttribute("src", source);
      }
    }

    for (const input of inputs) {
      input.addEventListener("input", () => {
        if (input.type === "range") {
          const text = JSON.parse(input.dataset.values)[input.value];
          input.setAttribute("aria-valuetext", text);
          input.parentElement.querySelector("output").textContent = text;
        }
        show();
      });
      // Said once, when the slider rests: a sentence for each step in between would never end.
      input.addEventListener("change", () => { spoken.textContent = light.alt; });
    }
  }

  // quiz: explanations are copied from the fold that readers without scripts open.
  function quiz(box) {
    const kind = box.dataset.fwQuiz;
    const feedback = box.querySelector(".fw-feedback");
    const number = box.querySelector(".fw-number input");
    const why = (key) => all(".fw-why", box).find((item) => item.dataset.for === key);

    function say(right, verdict, reasons) {
      feedback.classList.toggle("fw-is-right", right);
      // Many explanations of a right answer begin with "Right." themselves.
      const said = right && reasons.some((item) => item &&
        /^(right|yes)\b/i.test(item.querySelector(".fw-why-text").textContent.trim()));
      const parts = said ? [] : [element("p", "fw-verdict", verdict)];
      for (const item of reasons.filter(Boolean)) {
        const copy = item.querySelector(".fw-why-text").cloneNode(true);
        all("[id]", copy).forEach((node) => node.removeAttribute("id"));
        parts.push(copy);
      }
      feedback.replaceChildren(...parts);
      // progress.js remembers it; "Choose an answer first" is no answer.
      if (reasons.length) {
        box.dispatchEvent(new CustomEvent("fw-answered", { bubbles: true, detail: { right } }));
      }
    }

    function checkNumber() {
      const given = Number(number.value.trim().replace(",", ".").replace("−", "-"));
      if (!number.value.trim() || Number.isNaN(given)) return say(false, "Write a number first.", []);
      const near = (value) => Math.abs(given - Number(value)) <= Number(number.dataset.tolerance) + 1e-12;
      if (near(number.dataset.answer)) {
        return say(true, "Right.", all(".fw-why", box).filter((item) => item.dataset.right));
      }
      const wrong = all(".fw-why", box).filter((item) => !item.dataset.right);
      const known = wrong.find((item) => item.dataset.for !== "*" && near(item.dataset.for));
      say(false, "Not yet.", [known || wrong.find((item) => item.dataset.for === "*")]);
    }

    function checkChoices() {
      const inputs = all(".fw-choice input", box);
      const chosen = inputs.filter((input) => input.checked);
      if (!chosen.length) return say(false, "Choose an answer first.", []);
      const wrong = chosen.filter((input) => input.dataset.right !== "yes");
      const right = inputs.filter((input) => input.dataset.right === "yes");
      if (wrong.length) return say(false, "Not yet.", wrong.map((input) => why(input.value)));
      if (chosen.length < right.length) {
        return say(false, "So far right, but there is more.", chosen.map((input) => why(input.value)));
      }
      say(true, "Right.", chosen.map((input) => why(input.value)));
    }

    const check = kind === "number" ? checkNumber : checkChoices;
    box.querySelector("button").addEventListener("click", check);
    if (number) {
      number.addEventListener("keydown", (event) => { if (event.key === "Enter") check(); });
    }
  }

  // predict: the guess is repeated beside the reveal, and forgotten with the page.
  function predict(box) {
    const said = box.querySelector(".fw-said");
    const write = (text) => {
      said.hidden = !text;
      said.textContent = text ? `You said: ${text}` : "";
    };
    all("input[type=radio]", box).forEach((input) => input.addEventListener("change", () =>
      write(input.closest("label").textContent.trim().replace(/\s+/g, " "))));
    all("textarea", box).forEach((area) => area.addEventListener("input", () => write(area.value.trim())));
  }

  // The lesson card: with the live course server, its buttons work at once.
  function card() {
    if (location.protocol === "file:") { // Python in the browser needs a website
      all("a.fw-lite").forEach((button) => { button.hidden = true; });
      all(".fw-lite-stick").forEach((words) => { words.hidden = false; });
    }
    if (!/(?:^|;\s*)course_server=1(?:;|$)/.test(document.cookie)) return;
    all(".fw-live").forEach((button) => { button.hidden = false; });
    all(".fw-how").forEach((fold) => { fold.hidden = true; fold.style.display = "none"; });
  }

  // Frames of maps cannot see the page from a memory stick: they are told light or dark.
  function colours() {
    const root = document.documentElement;
    const tell = (frame) => frame.contentWindow &&
      frame.contentWindow.postMessage(`fw-${root.dataset.theme === "dark" ? "dark" : "light"}`, "*");
    const frames = all(".fw-map iframe");
    if (!frames.length) return;
    frames.forEach((frame) => { tell(frame); frame.addEventListener("load", () => tell(frame)); });
    new MutationObserver(() => frames.forEach(tell))
      .observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  }

  // Only what does scroll takes a stop of the tab key, and says what it is.
  function scrolling() {
    for (const box of all(".fw-scroll, div.highlight > pre, div.math")) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (wide) {
        box.setAttribute("tabindex", "0");
        if (!box.hasAttribute("aria-label")) {
          box.setAttribute("role", "group");
          box.setAttribute("aria-label", box.matches("pre") ? "Code" : "Formula");
        }
      } else {
        box.removeAttribute("tabindex");
      }
    }
  }

  // Paper is light, and every fold is open; only the answers of a question stay closed.
  function printing() {
    const root = document.documentElement;
    let opened = [], theme = "";
    addEventListener("beforeprint", () => {
      theme = root.dataset.theme;
      root.dataset.theme = "light";
      opened = all("details:not([open]):not(.fw-answer):not(.fw-how)");
      opened.forEach((fold) => { fold.open = true; });
    });
    addEventListener("afterprint", () => {
      root.dataset.theme = theme;
      opened.forEach((fold) => { fold.open = false; });
    });
  }

  // Search results show parts of pages, which a browser may not read from a memory stick.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  function start() {
    document.documentElement.classList.add("fw-scripted");
    all("[data-fw-explore]").forEach(explore);
    all("[data-fw-quiz]").forEach(quiz);
    all("[data-fw-predict]").forEach(predict);
    card();
    colours();
    scrolling();
    addEventListener("resize", scrolling);
    document.fonts.ready.then(scrolling); // formulas grow when their letters arrive
    addEventListener("toggle", scrolling, true);
    printing();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
