// News for a page that is open while others work: counts change in place, and parts that show a request look again.
//
//   data-count="pull"                 shows how many stand in that list ("tasks": open tasks)
//   data-live="L-1 L-2", data-live="*" gets the event "news" when one of these requests changes, or anything does; let htmx answer it:
//                                     hx-get="" hx-trigger="news" hx-sync="this:replace" hx-select="#this" hx-swap="outerHTML"
//                                     (without hx-sync the news that come while it looks would be looked for by a part that is gone)
//
// What somebody is at is left alone: a part with a form that was touched, or with something unfolded, only shows its element with
// data-news-waits.
// A browser allows six connections to a host, so one of its pages listens for all, and hidden pages don't: whoever is shown catches up.

const channel = new BroadcastChannel("desk news");
let listening = null;
let at = document.body.dataset.at; // how far this page has heard

const numbers = new Intl.NumberFormat("en");

function show(news) {
  if (news.at > at) at = news.at;
  for (const element of document.querySelectorAll("[data-count]")) {
    const count = element.dataset.count === "tasks" ? news.tasks : news.lists[element.dataset.count];
    if (count !== undefined) element.textContent = numbers.format(count);
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    const names = element.dataset.live.split(" ");
    if (news.all || (names.includes("*") && news.requests.length) || news.requests.some((name) => names.includes(name))) look(element);
  }
}

function look(element) {
  if (!isInUse(element)) element.dispatchEvent(new CustomEvent("news"));
}

// Says whether somebody is at a part; then it only shows that there is news.
function isInUse(element) {
  if (!element.querySelector("form[data-touched], details[open]")) return false;
  const hint = element.querySelector("[data-news-waits]");
  if (hint) hint.hidden = false;
  return true;
}

// Somebody may have begun while the part was looked for.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.target.dataset?.live !== undefined && isInUse(event.target)) event.preventDefault();
});

document.addEventListener("input", (event) => event.target.form?.setAttribute("data-touched", ""));

// What a page asks for by itself keeps no session open that nobody uses.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "news") ctx.request.headers["X-By-Itself"] = "news";
});

channel.addEventListener("message", (event) => document.hidden || show(event.data));

// Asks what has changed since this page was made or heard news last, and tells the browser's other pages too.
async function catchUp(signal) {
  const asked = await fetch(`/news?since=${encodeURIComponent(at)}`, { signal }).catch(() => null);
  if (asked?.ok && !asked.redirected) tell(await asked.json());
}

function tell(news) {
  channel.postMessage(news);
  show(news);
}

// Holds the one stream of this browser until the page is hidden. What changed before it was open, or while it was cut, it catches up on.
function hold(signal) {
  return new Promise((done) => {
    const stream = new EventSource("/events");
    stream.addEventListener("open", () => catchUp(signal));
    stream.addEventListener("news", (event) => tell(JSON.parse(event.data)));
    signal.addEventListener("abort", () => {
      stream.close();
      done();
    });
  });
}

async function listen() {
  listening = new AbortController();
  const { signal } = listening;
  catchUp(signal);
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
