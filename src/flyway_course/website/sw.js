// Keeps the pages that a reader has opened, so that they open again without internet.
// `course.py website` writes it to the root of the published site and puts the site's version first.
// It serves book/, _maps/ and search.html (offline.js names them), never lite/, which has a worker of
// its own: JupyterLite would take a worker above it for the old one of itself and end both.
"use strict";

const VERSION = "the version of the site";
const ROOT = new URL("./", self.location.href);
const OURS = `course ${ROOT.pathname} `; // other sites may be on the same host
const NOW = OURS + VERSION;
const PAGES_KEPT = 40;
const PATIENCE_MS = 4000;
const NOT_KEPT = /^(lite|notebooks|_downloads|_sources)(\/|$)/;
const PAGE = /^(book\/.*|search)\.html$/;
// names that change with their content
const HASHED = /(^|\/)(fig|map)-[0-9a-f]{8,}[^/]*$/;

// The place of an address in the site, as the whole address without query; null for all else.
function place(address, base) {
  const url = new URL(address, base || ROOT);
  if (url.origin !== ROOT.origin || !url.pathname.startsWith(ROOT.pathname)) return null;
  if (NOT_KEPT.test(url.pathname.slice(ROOT.pathname.length))) return null;
  url.search = url.hash = "";
  if (url.pathname.endsWith("/")) url.pathname += "index.html";
  return url.href;
}

const below = (address) => address.slice(ROOT.href.length);
const isPage = (address) => PAGE.test(below(address));

async function names() {
  const all = (await caches.keys()).filter((name) => name.startsWith(OURS));
  return [...all.filter((name) => name === NOW), ...all.filter((name) => name !== NOW)];
}

// What is kept of an address, the newest first.
async function find(address) {
  for (const name of await names()) {
    const kept = await (await caches.open(name)).match(address);
    if (kept) return kept;
  }
  return undefined;
}

// A full device is no fault of the page: what cannot be kept is left out.
async function put(cache, address, answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return false;
  try {
    await cache.put(address, answer);
    return true;
  } catch {
    return false;
  }
}

// Everything that a page shows: pictures of its widgets too, in the colours in use.
function needs(text, address, dark, saving) {
  const found = [];
  for (const [tag, name] of text.matchAll(/<(img|script|iframe|link)\b[^>]*>/g)) {
    const value = (attribute) => (tag.match(new RegExp(`\\s${attribute}="([^"]*)"`)) || [])[1];
    if (name === "link") {
      if (/\srel="[^"]*(stylesheet|icon)/.test(tag)) found.push(value("href"));
    } else if (/\sdata-state=/.test(tag)) {
      if (!saving) found.push((dark && value("data-dark")) || value("src"));
    } else if (!tag.includes(dark ? "only-light" : "only-dark")) {
      found.push(value("src"));
    }
  }
  return places(found, address);
}

function places(found, address) {
  return found.filter((each) => each && !each.startsWith("data:"))
    .map((each) => place(each.replaceAll("&amp;", "&"), address)).filter(Boolean);
}

// Fetch and keep a file that is needed, and what it needs in turn. Old copies of hashed files serve.
async function have(cache, address, how, done) {
  if (done.has(address)) return;
  done.add(address);
  let answer = await cache.match(address);
  if (!answer && HASHED.test(address)) {
    answer = await find(address);
    if (answer) await put(cache, address, answer.clone());
  }
  if (!answer) {
    answer = await fetch(address, { cache: how.cache });
    await put(cache, address, answer.clone());
  }
  const file = below(address);
  let inner = [];
  if (/^_maps\/.*\.html$/.test(file)) inner = needs(await answer.text(), address, how.dark, how.saving);
  else if (/\.css$/.test(file)) {
    const text = await answer.text();
    const first = /url\(["']?([^"')]+\.woff2)["']?\)/g; // of a letter's formats, the one that browsers take
    if (!/katex/.test(file)) inner = places([...text.matchAll(first)].map((match) => match[1]), address);
  }
  for (const each of inner) await have(cache, each, how, done);
}

// Keep a page with all that it shows. Ends with an error where the network does.
async function keep(cache, address, how, loaded) {
  let answer = await cache.match(address);
  if (!answer) {
    answer = await fetch(address, { cache: how.cache });
    if (!(await put(cache, address, answer.clone()))) return;
  }
  const done = new Set();
  const wanted = [...needs(await answer.text(), address, how.dark, how.saving), ...places(loaded)];
  for (const each of wanted) if (!isPage(each)) await have(cache, each, how, done);
}

// After a new publication: fetch the kept pages anew, then forget the old ones.
async function renew(cache, how) {
  for (const name of (await names()).filter((each) => each !== NOW)) {
    const old = await caches.open(name);
    for (const { url } of await old.keys()) {
      if (isPage(url) && !(await cache.match(url))) await keep(cache, url, { ...how, cache: "no-cache" }, []);
    }
    await caches.delete(name);
  }
}

// At most PAGES_KEPT pages: those kept longest ago go, with what only they showed.
async function bound(cache) {
  const pages = (await cache.keys()).map((request) => request.url).filter(isPage);
  if (pages.length <= PAGES_KEPT) return;
  for (const page of pages.splice(0, pages.length - PAGES_KEPT)) await cache.delete(page);
  const used = new Set();
  for (const page of pages) {
    const text = await (await cache.match(page)).text();
    for (const dark of [true, false]) needs(text, page, dark, false).forEach((each) => used.add(each));
  }
  for (const { url } of await cache.keys()) {
    if (HASHED.test(url) && !used.has(url)) await cache.delete(url);
  }
}

let turn = Promise.resolve(); // one page after the other

self.addEventListener("message", (event) => {
  const { keep: address, dark, saving, loaded } = event.data || {};
  const page = address && place(address);
  if (!page || !isPage(page)) return;
  const how = { dark, saving, cache: "default" };
  turn = turn.then(async () => {
    const cache = await caches.open(NOW);
    await keep(cache, page, how, loaded);
    await renew(cache, how);
    await bound(cache);
    event.source?.postMessage({ kept: address, version: VERSION });
  }).catch(() => {}); // no network now: the next page tries again
  event.waitUntil(turn);
});

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fromNetwork(event, address) {
  const { request } = event;
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected) {
    const copy = answer.clone();
    const visited = request.mode === "navigate" && isPage(address);
    event.waitUntil((async () => {
      const cache = await caches.open(NOW);
      if (visited || (await cache.match(address))) await put(cache, address, copy);
    })());
  }
  return answer;
}

// The same picture in the other colours, better than none.
const twin = (address) => (address.endsWith("-dark.png") ? address.replace(/-dark\.png$/, ".png")
  : address.replace(/\.png$/, "-dark.png"));

async function answerTo(event, address) {
  const { request } = event;
  const kept = await find(address);
  if (kept && HASHED.test(address)) return kept;
  const asked = fromNetwork(event, address);
  if (!kept) {
    const isVisit = request.mode === "navigate" && request.destination === "document";
    return asked.catch(async (error) => {
      const other = isVisit ? await offline(request.url) : await find(twin(address));
      if (other) return other;
      throw error;
    });
  }
  // a connection that is there and does not answer counts as none
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([asked.then((answer) => (answer.status >= 500 ? kept : answer), () => kept), late]);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.method === "GET" && !request.headers.has("range") && place(request.url);
  if (address) event.respondWith(answerTo(event, address));
});

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// The page for what is not on this device: says so, and lists what is.
async function offline(asked) {
  const found = new Map();
  for (const name of await names()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      if (!isPage(url) || found.has(url) || below(url) === "search.html") continue;
      const [, title] = (await (await cache.match(url)).text()).match(/<title>([^<]*?)(?: — [^<]*)?<\/title>/) || [];
      found.set(url, (title || below(url)).trim());
    }
  }
  const items = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([url, title]) => `<li><a href="${escape(url)}">${title}</a></li>`).join("\n");
  const list = items ? `<h2>On this device</h2>\n<ul>\n${items}\n</ul>` : "<p>No page of the course is on this device yet.</p>";
  const page = OFFLINE.replace("{asked}", () => escape(asked)).replace("{list}", () => list);
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

const OFFLINE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>This page is not on your device</title>
<style>
:root { color-scheme: light dark }
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }
a { color: inherit; display: inline-block; padding: .6rem 0 }
</style></head>
<body><main><h1>This page is not on your device</h1>
<p>The website of the course does not answer. You may be without internet.
A page stays on this device when you have opened it once with a connection.</p>
<p><a href="{asked}">Try again</a></p>
{list}
</main></body></html>
`;
