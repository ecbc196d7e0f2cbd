// Keeps the pages that a reader opens on the published website on the reader's device (see sw.js).
// `course.py website` puts it into the pages; the book on one's own computer or on a stick has none.
(function () {
  "use strict";
  const root = new URL("../", document.currentScript.src);
  // On one's own computer an old page must never come instead of a new one; a test may ask for it.
  const asked = location.protocol === "https:" || new URLSearchParams(location.search).get("offline") === "test";
  const workers = navigator.serviceWorker;
  if (!asked || !workers) return;

  // Not lite/: JupyterLite has a worker of its own there.
  const scopes = ["book/", "search.html"].filter((scope) => location.href.startsWith(new URL(scope, root).href));
  if (document.querySelector(".fw-map")) scopes.push("_maps/");

  async function tell() {
    const { active } = await workers.ready;
    active.postMessage({
      keep: location.href,
      dark: document.documentElement.dataset.theme === "dark",
      saving: Boolean(navigator.connection && navigator.connection.saveData),
      loaded: performance.getEntriesByType("resource").map((entry) => entry.name)
        .filter((name) => name.startsWith(root.href)),
    });
  }

  async function start() {
    const script = new URL("sw.js", root);
    try {
      await Promise.all(scopes.map((scope) => workers.register(script, { scope: new URL(scope, root) })));
      workers.addEventListener("controllerchange", tell); // a new publication
      await tell();
    } catch (error) {
      console.info("Pages are not kept on this device:", error.message);
    }
  }

  // after the page has all that it shows, so that nothing is slower
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
})();
