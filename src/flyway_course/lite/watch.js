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

  function show(kind, words) {
    if (!box) {
      box = document.createElement("section");
      box.id = "course-python";
      box.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:100000;padding:.8rem 1rem;"
        + "font:1rem/1.5 system-ui,sans-serif;color:#10222b;background:#fff8e1;border-top:3px solid #b35900";
      document.body.append(box);
    }
    box.dataset.state = kind;
    box.setAttribute("role", kind === "lost" ? "alert" : "status");
    box.hidden = false;
    box.replaceChildren();
    const line = document.createElement("p");
    line.style.margin = "0";
    line.textContent = words;
    box.append(line);
    if (kind === "lost" || kind === "slow") box.append(ways());
  }

  // What works with no Python here: the notebook as a file, the course on a computer or a stick.
  function ways() {
    const list = document.createElement("div");
    list.innerHTML = WAYS; // our own words, written by the build
    const link = list.querySelector("a[data-notebook]");
    const file = path();
    if (link && file) {
      link.href = new URL("files/" + file.split("/").map(encodeURIComponent).join("/"), root);
      link.download = file.split("/").pop();
    } else if (link) {
      link.closest("li").remove();
    }
    return list;
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
    const where = path();
    if (there) location.replace(new URL(`notebooks/index.html?path=${encodeURIComponent(where)}`, root));
    else lost();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
  else look();
})();
