// The counting game of flyway.widgets.guess_flocks on a page without a kernel.
// `summarise` and `sentence` do the same arithmetic as flyway/widgets/flock_game.py: a test runs both.
(function () {
  "use strict";

  const percent = (ratio) => Math.round((ratio - 1) * 100);
  const words = (p) => `${Math.abs(p)}\u00a0%${p < 0 ? " low" : p > 0 ? " high" : ""}`;

  function sentence(ratio, lower, upper) {
    const [mid, low, high] = [ratio, lower, upper].map(percent);
    const first = mid ? `You counted ${words(mid)}` : "You counted right on average";
    if (low * high > 0) {
      const side = low < 0 ? "low" : "high";
      return `${first}; between ${Math.abs(low)}\u00a0% and ${Math.abs(high)}\u00a0% ${side}.`;
    }
    const chance = lower < 1 && upper > 1 && mid ? ", but that may be chance: between" : "; between";
    return `${first}${chance} ${words(low)} and ${words(high)}.`;
  }

  // pairs: [[true number, estimate], ...]; t: Student's t for 1, 2, ... degrees of freedom.
  function summarise(pairs, t) {
    const logs = pairs.map(([truth, estimate]) => Math.log(estimate / truth));
    const n = logs.length;
    if (n < 2) {
      return { n, ratio: n ? Math.exp(logs[0]) : NaN, lower: NaN, upper: NaN,
        sentence: "One flock cannot show a bias. Estimate at least two." };
    }
    const mean = logs.reduce((a, b) => a + b, 0) / n;
    const sd = Math.sqrt(logs.reduce((a, x) => a + (x - mean) ** 2, 0) / (n - 1));
    const half = (t[n - 2] * sd) / Math.sqrt(n);
    const [ratio, lower, upper] = [mean, mean - half, mean + half].map(Math.exp);
    return { n, ratio, lower, upper, sentence: sentence(ratio, lower, upper) };
  }

  const number = (n) => n.toLocaleString("en-GB");

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function table(pairs) {
    const head = ["Flock", "True", "Yours", "Ratio"];
    const row = (tag, cells) => element("tr", {}, ...cells.map((text, i) =>
      element(i && tag === "td" ? "td" : "th", { scope: tag === "th" ? "col" : "row" }, text)));
    const body = pairs.map(([truth, estimate, flock]) =>
      row("td", [String(flock), number(truth), number(estimate), (estimate / truth).toFixed(2)]));
    for (const cell of body.flatMap((r) => [...r.querySelectorAll("td")])) cell.removeAttribute("scope");
    return element("table", { class: "table fw-guess-table" },
      element("caption", {}, "True number, your estimate, and estimate ÷ true"),
      element("thead", {}, row("th", head)), element("tbody", {}, ...body));
  }

  // Estimate against truth, both axes logarithmic, with the line of equal numbers.
  function chart(pairs, said) {
    const [w, h, left, bottom, top, right] = [420, 330, 58, 46, 12, 14];
    const all = pairs.flatMap(([truth, estimate]) => [truth, estimate]);
    const lo = Math.log10(Math.min(...all) * 0.7), hi = Math.log10(Math.max(...all) * 1.4);
    const x = (v) => left + ((Math.log10(v) - lo) / (hi - lo)) * (w - left - right);
    const y = (v) => h - bottom - ((Math.log10(v) - lo) / (hi - lo)) * (h - bottom - top);
    const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000]
      .filter((v) => Math.log10(v) > lo && Math.log10(v) < hi)
      .filter((v, i, kept) => kept.length < 7 || /^1/.test(String(v)));
    const parts = [];
    for (const v of ticks) {
      parts.push(`<path class="grid" d="M${x(v)} ${top}V${h - bottom}M${left} ${y(v)}H${w - right}"/>`,
        `<text x="${x(v)}" y="${h - bottom + 18}" text-anchor="middle">${number(v)}</text>`,
        `<text x="${left - 7}" y="${y(v) + 4}" text-anchor="end">${number(v)}</text>`);
    }
    const [a, b] = [10 ** lo, 10 ** hi];
    parts.push(`<path class="equal" d="M${x(a)} ${y(a)}L${x(b)} ${y(b)}"/>`,
      `<text class="name" x="${x(b) - 62}" y="${y(b) + 16}" text-anchor="end">exactly right</text>`,
      `<text class="name" x="${(left + w - right) / 2}" y="${h - 6}" text-anchor="middle">True number of birds</text>`,
      `<text class="name" transform="translate(14 ${(top + h - bottom) / 2}) rotate(-90)" text-anchor="middle">Your estimate</text>`);
    for (const [truth, estimate] of pairs) parts.push(`<circle cx="${x(truth)}" cy="${y(estimate)}" r="6"/>`);
    const holder = element("div", { class: "fw-guess-chart" });
    holder.innerHTML = `<svg viewBox="0 0 ${w} ${h}" role="img">${parts.join("")}</svg>`;
    holder.firstChild.setAttribute("aria-label", `Your estimates against the true numbers. ${said}`);
    return holder;
  }

  function play(game) {
    const part = (name) => game.querySelector(`[data-fw="${name}"]`);
    const [time, stage, status, button, form, answer, skip, end] =
      ["time", "stage", "status", "show", "form", "answer", "skip", "end"].map(part);
    const flocks = [...game.querySelectorAll("[data-fw-flock]")];
    const tValues = JSON.parse(game.dataset.t);
    let at = 0, timer = 0, notes = [];
    const name = (i) => (i ? `flock ${i} of ${flocks.length - 1}` : "the practice flock");
    const blank = (text) => stage.replaceChildren(element("p", {}, text));

    function reset() {
      clearTimeout(timer);
      at = 0;
      notes = [];
      end.hidden = form.hidden = true;
      stage.hidden = button.hidden = false;
      button.textContent = `Show ${name(0)}`;
      status.textContent = "";
      time.disabled = false;
      blank("Say a number at once. Do not count one by one.");
    }

    async function show() {
      const pictures = [...flocks[at].querySelectorAll("img")].map((picture) => picture.cloneNode());
      for (const picture of pictures) picture.removeAttribute("loading");
      stage.replaceChildren(...pictures);
      button.hidden = true;
      time.disabled = true;
      answer.value = "";
      form.hidden = false;
      // The clock starts when the picture is there, not while a slow line still brings it.
      const seen = pictures.filter((picture) => getComputedStyle(picture).display !== "none");
      await Promise.all(seen.map((picture) => picture.decode().catch(() => undefined)));
      const seconds = Number(time.value), shown = at;
      status.textContent = `This is ${name(at)}` + (seconds ? `: ${seconds} seconds.` : ".");
      if (!seconds) return answer.focus({ preventScroll: true });
      timer = setTimeout(() => {
        if (shown !== at || form.hidden) return;
        blank("How many birds were there?");
        answer.focus({ preventScroll: true });
      }, seconds * 1000);
    }

    function write(estimate) {
      clearTimeout(timer);
      const truth = Number(flocks[at].dataset.n);
      if (at && estimate !== null) notes.push([truth, estimate, at]);
      form.hidden = true;
      at += 1;
      if (at === flocks.length) return finish();
      blank(at === 1 ? "That was practice." : "Written down.");
      const said = estimate === null ? "You could not tell" : `You wrote ${number(estimate)}`;
      status.textContent = at === 1
        ? `${said}. There were ${number(truth)}. From now on the true numbers come at the end.` : "";
      button.textContent = `Show ${name(at)}`;
      button.hidden = false;
      time.disabled = false;
      button.focus({ preventScroll: true });
    }

    function finish() {
      stage.hidden = true;
      const again = element("button", { type: "button", class: "fw-button fw-quiet" }, "Start again");
      again.addEventListener("click", () => { reset(); button.focus(); });
      if (!notes.length) {
        status.textContent = "No flock was estimated, so there is no result.";
        end.replaceChildren(again);
      } else {
        const result = summarise(notes, tValues);
        status.textContent = result.sentence;
        const ratio = result.n > 1 ? [element("p", {},
          `Estimate ÷ true: ${result.ratio.toFixed(2)} on average over ${result.n} flocks, ` +
          `95\u00a0% interval ${result.lower.toFixed(2)} to ${result.upper.toFixed(2)}.`)] : [];
        end.replaceChildren(...ratio, chart(notes, result.sentence), table(notes), again);
      }
      end.hidden = false;
      again.focus({ preventScroll: true });
    }

    button.addEventListener("click", show);
    skip.addEventListener("click", () => write(null));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      write(Number(answer.value));
    });
    game.querySelector(".fw-guess-play").hidden = false;
    reset();
  }

  globalThis.FlywayGuess = { summarise, sentence };
  if (typeof document === "undefined") return; // run by a test, without a page
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("guess.css", document.currentScript.src).href;
  document.head.append(style);
  const start = () => document.querySelectorAll("[data-fw-guess]").forEach(play);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
