// Says what Python in the browser is doing, so that no cell waits without a word.
// Written into the pages below lite/. Its element says where Python comes from (data-python).
(function () {
  "use strict";
  const own = document.currentScript;
  const root = new URL("./", own.src);
  const python = new URL(own.dataset.python, root);
  const host = python.host === location.host ? "this site" : python.host;
  const REACH_MS = 20000, LONG_MS = 90000;
  const WAYS = own.dataset.ways;
  let box = null;

  function path() {
    return new URLSearchParams(location.search).get("path") || "";
  }

  // Can Python be had? Its first file is fetched as the kernel does, so that it comes once; of the
  // large one, it is asked whether it is there.
  async function reached() {
    const limit = { signal: AbortSignal.timeout(REACH_MS) };
    try {
      const answers = await Promise.all([
        fetch(python, limit),
        fetch(new URL("pyodide.asm.wasm", python), { ...limit, method: "HEAD" }),
      ]);
      return answers.every((answer) => answer.ok);
    } catch {
      return false;
    }
  }

  // The front page has its own place for the words; in a notebook they are a strip below it.
  function strip() {
    const made = document.createElement("section");
    made.id = "course-python";
    made.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:100000;padding:.8rem 1rem;"
      + "font:1rem/1.5 system-ui,sans-serif;color:#10222b;background:#fff8e1;border-top:3px solid #b35900";
    made.innerHTML = `<p style="margin:0"></p><div data-ways>${WAYS}</div>`; // our own words, from the build
    const close = document.createElement("button");
    close.textContent = "Close";
    close.style.cssText = "font:inherit;min-height:44px;padding:0 1.2rem;margin-top:.3rem";
    close.addEventListener("click", () => { made.hidden = true; });
    made.lastElementChild.append(close);
    document.body.append(made);
    return made;
  }

  function show(kind, words) {
    if (!box) box = document.getElementById("course-python") || strip();
    box.dataset.state = kind;
    box.setAttribute("role", kind === "lost" ? "alert" : "status");
    box.hidden = false;
    box.querySelector("p").textContent = words;
    const ways = box.querySelector("[data-ways]");
    ways.hidden = kind === "coming";
    offer(ways.querySelector("a[data-notebook]"));
  }

  // The notebook that was asked for, as a file.
  function offer(link) {
    const file = path();
    if (!file) return;
    link.href = new URL("files/" + file.split("/").map(encodeURIComponent).join("/"), root);
    link.download = file.split("/").pop();
    link.closest("li").hidden = false;
  }

  function lost() {
    show("lost", `Python could not be fetched from ${host}, so cells cannot run here.`);
  }

  function slow(what) {
    show("slow", `${what} You can wait, or go on in another way:`);
  }

  function hide() {
    if (box && box.dataset.state !== "lost") box.hidden = true;
  }

  async function doubt(what) {
    if (await reached()) slow(what);
    else lost();
  }

  // The kernel is a worker. Each call to it (start, run a cell) has a number, and so has its answer.
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(url, options) {
      super(url, options);
      if (!/comlink\.worker/.test(String(url))) return;
      this.calls = new Map();
      this.addEventListener("error", lost);
      this.addEventListener("message", (event) => this.answered(event.data || {}));
      show("coming", `Python is on its way from ${host}. The first time this takes a minute or more.`);
    }

    postMessage(message, ...rest) {
      const call = message && message.type === "APPLY" && message.path && message.path[0];
      if (this.calls && (call === "initialize" || call === "execute")) {
        const words = call === "initialize"
          ? "Python is still on its way." : "This cell is still running, or waits for a package from the internet.";
        waiting += 1;
        this.calls.set(message.id, { call, timer: setTimeout(doubt, LONG_MS, words) });
      }
      return super.postMessage(message, ...rest);
    }

    answered(data) {
      const known = this.calls.get(data.id);
      if (!known) return;
      this.calls.delete(data.id);
      clearTimeout(known.timer);
      waiting -= 1;
      if (known.call === "initialize" && data.name === "throw") lost();
      else hide();
    }
  };

  // A connection that ends while Python waits for it is told at once.
  let waiting = 0;
  addEventListener("offline", () => { if (waiting && host !== "this site") lost(); });

  async function look() {
    const there = await reached();
    if (own.dataset.open === undefined) { // a page of JupyterLite
      if (!there) lost();
      return;
    }
    // the front page: go on to the notebook, or say why not
    const file = path();
    const next = file ? `notebooks/index.html?path=${encodeURIComponent(file)}` : "lab/index.html";
    if (there) location.replace(new URL(next, root));
    else lost();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
  else look();
})();
