// News for a page that is open while others work: counts change in place, and parts that show a request look again.
//
//   data-count="pull"                 shows how many stand in that list ("tasks": open tasks), in red if data-urgent
//   data-live="L-1 L-2", data-live="*" gets the event "news" when one of these requests changes, or anything does; let htmx answer it:
//                                     hx-get="" hx-trigger="news" hx-sync="this:replace" hx-select="#this" hx-swap="outerHTML"
//                                     (without hx-sync the news that come while it looks would be looked for by a part that is gone)
//   data-changed="…"                  with data-live: when the request that it shows was changed last; it does not look for that
//   #standing, data-dot="…"           the banners and the circulation system's dot: how what everybody works with stands
//   data-open="L-1"                   this page shows that request: others are told so while it is visible, and here stands who else shows it
//
// What somebody is at is left alone: a part with a form that was touched, or with something that a person unfolded, only shows its element with
// data-news-waits.
// A browser allows six connections to a host, so one of its pages listens for all, and hidden pages don't: whoever is shown catches up.
// The one that listens says what all of them show; each visible page holds a lock of that name, which goes with it however it ends.

const channel = new BroadcastChannel("desk news");
let listening = null;
let at = document.body.dataset.at; // how far this page has heard

const numbers = new Intl.NumberFormat("en");

function show(news) {
  const isNewest = news.at >= at; // what another tab of the browser hears may be older than what this one has heard
  if (isNewest) at = news.at;
  showStanding(news.standing);
  let anything = news.all || news.requests.length > 0;
  for (const element of isNewest ? document.querySelectorAll("[data-count]") : []) {
    const count = element.dataset.count === "tasks" ? news.tasks : news.lists[element.dataset.count];
    if (count === undefined || element.textContent === numbers.format(count)) continue;
    element.textContent = numbers.format(count);
    element.classList.toggle("urgent", "urgent" in element.dataset && count > 0);
    anything = true;
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    const names = element.dataset.live.split(" ");
    if (names.includes("*") && anything) lookSoon(element.id);
    else if (news.all || names.some((name) => isNew(name, news, element))) look(element);
  }
}

// An older gateway beside ours does not say when a request was changed.
function isNew(name, news, element) {
  return news.requests.includes(name) && (news.changed?.[name] ?? "") !== element.dataset.changed;
}

// What stands there already is left alone, so that nothing is read out twice.
function showStanding(standing) {
  const place = document.getElementById("standing");
  const said = [...place.children].map((banner) => banner.textContent).join();
  const banners = standing.banners.map(banner);
  if (banners.map((each) => each.textContent).join() !== said) place.replaceChildren(...banners);
  const dot = document.querySelector("[data-dot]");
  const trouble = standing.acs_trouble;
  dot.className = trouble ? "dot amber" : "dot green";
  dot.textContent = dot.dataset.dot + (trouble ? " waits" : "");
  dot.title = trouble ?? "";
}

function banner({ label, head, words }) {
  const element = document.createElement("aside");
  element.className = "banner held";
  element.ariaLabel = label;
  const first = document.createElement("b");
  first.textContent = head;
  element.append(first, " ", words);
  return element;
}

// Parts that show everything look at once on a quiet day, and every few seconds on a busy one.
const PAUSE_MS = 3000;
const lookedAt = new Map();
const waiting = new Set();

function lookSoon(id) {
  if (waiting.has(id)) return;
  waiting.add(id);
  const last = lookedAt.get(id) ?? -PAUSE_MS;
  setTimeout(() => {
    waiting.delete(id);
    lookedAt.set(id, performance.now());
    const element = document.getElementById(id);
    if (element) look(element);
  }, Math.max(0, last + PAUSE_MS - performance.now()));
}

function look(element) {
  if (!isInUse(element)) element.dispatchEvent(new CustomEvent("news"));
}

// Says whether somebody is at a part; then it only shows that there is news.
function isInUse(element) {
  if (!element.querySelector("form[data-touched], details[open]:not([data-unfolded])")) return false;
  const hint = element.querySelector("[data-news-waits]");
  if (hint) hint.hidden = false;
  return true;
}

// Somebody may have begun while the part was looked for; and a page that is none of ours, as of a session that has ended, has no such part.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.target.dataset?.live === undefined) return;
  const found = event.detail.tasks.some((task) => task.type === "main" && task.fragment.childElementCount > 0);
  if (!found || isInUse(event.target)) event.preventDefault();
});

// What somebody has folded up or opened stays so.
document.addEventListener("htmx:before:morph:attr", (event) => {
  if (event.detail.attrName === "open") event.preventDefault();
});

document.addEventListener("input", (event) => event.target.form?.setAttribute("data-touched", ""));

// What a page asks for by itself keeps no session open that nobody uses.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "news") ctx.request.headers["X-By-Itself"] = "news";
});

channel.addEventListener("message", ({ data }) => {
  if (data.shown) regroup();
  else if (document.hidden) return;
  else if (data.open) showOpen(data.open);
  else if (data.banners) showStanding(data);
  else show(data);
});

// Asks what has changed since this page was made or heard news last, and tells the browser's other pages too.
async function catchUp(signal) {
  const asked = await fetch(`/news?since=${encodeURIComponent(at)}`, { signal }).catch(() => null);
  if (!asked?.ok || asked.redirected) return;
  const news = await asked.json().catch((error) => {
    if (!signal.aborted) throw error; // a page that is hidden in the middle of an answer asks anew when it is shown
    return null;
  });
  if (news) tell(news);
}

function tell(news) {
  channel.postMessage(news);
  show(news);
}

// ── who has what open ──

const OPEN = "desk open ";
const here = document.querySelector("[data-open]");
let regroup = () => {}; // what the page that listens does when another one is shown or hidden

function showOpen(open) {
  const words = here ? open[here.dataset.open] : undefined;
  if (words !== undefined && here.textContent !== words) here.textContent = words;
}

// Says that this page shows its request, until it is hidden.
async function showHere(signal) {
  if (!here || !navigator.locks) return;
  const told = () => channel.postMessage({ shown: true });
  const until = () => new Promise((done) => {
    told();
    if (signal.aborted) done();
    signal.addEventListener("abort", done);
  });
  await navigator.locks.request(OPEN + here.dataset.open, { mode: "shared" }, until);
  told();
}

// The locks of this browser's visible pages. One that waits behind the watch for another's end counts too.
async function shownLocks() {
  if (!navigator.locks) return [];
  const { held, pending } = await navigator.locks.query();
  const names = [...held, ...pending].filter((lock) => lock.mode === "shared" && lock.name.startsWith(OPEN)).map((lock) => lock.name);
  return [...new Set(names)].sort();
}

// Holds the one stream of this browser until the page is hidden. What changed before it was open, or while it was cut, it catches up on.
function hold(signal) {
  return new Promise((done) => {
    let stream = null;
    let address = null;
    const watched = new Set();
    // A page that is closed says nothing any more: its lock is free then, and we get it.
    const watch = async (name) => {
      watched.add(name);
      await navigator.locks.request(name, { signal }, () => {}).catch(() => {});
      watched.delete(name);
      regroup();
    };
    regroup = async () => {
      const locks = await shownLocks();
      const requests = new Set([...(here ? [here.dataset.open] : []), ...locks.map((name) => name.slice(OPEN.length))]);
      const asked = new URLSearchParams([...requests].slice(0, 20).map((request) => ["open", request]));
      const next = requests.size ? `/events?${asked}` : "/events";
      if (signal.aborted) return;
      for (const name of locks) if (name !== OPEN + here?.dataset.open && !watched.has(name)) watch(name);
      if (next === address) return;
      address = next;
      stream?.close();
      stream = new EventSource(address);
      stream.addEventListener("open", () => catchUp(signal));
      stream.addEventListener("news", (event) => tell(JSON.parse(event.data)));
      stream.addEventListener("standing", (event) => {
        const standing = JSON.parse(event.data);
        channel.postMessage(standing);
        showStanding(standing);
      });
      stream.addEventListener("people", (event) => {
        const open = JSON.parse(event.data);
        channel.postMessage({ open });
        showOpen(open);
      });
    };
    regroup();
    signal.addEventListener("abort", () => {
      regroup = () => {};
      stream?.close();
      done();
    });
  });
}

async function listen() {
  listening = new AbortController();
  const { signal } = listening;
  catchUp(signal);
  showHere(signal);
  const turn = navigator.locks ? navigator.locks.request("desk stream", { signal }, () => hold(signal)) : hold(signal);
  await turn.catch(() => {});
}

function follow() {
  listening?.abort();
  if (!document.hidden) listen();
}

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => listening?.abort());
addEventListener("pageshow", (event) => event.persisted && follow());
follow();
