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

const numbers = new Intl.NumberFormat("en");

function show(news) {
  for (const element of document.querySelectorAll("[data-count]")) {
    const count = element.dataset.count === "tasks" ? news.tasks : news.lists[element.dataset.count];
    if (count !== undefined) element.textContent = numbers.format(count);
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    const names = element.dataset.live.split(" ");
    if (news.all || names.includes("*") || news.requests.some((name) => names.includes(name))) look(element);
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

// Holds the one stream of this browser until the page is hidden.
function hold(signal) {
  return new Promise((done) => {
    const stream = new EventSource("/events");
    stream.addEventListener("news", (event) => {
      const news = JSON.parse(event.data);
      channel.postMessage(news);
      show(news);
    });
    signal.addEventListener("abort", () => {
      stream.close();
      done();
    });
  });
}

async function listen() {
  listening = new AbortController();
  const { signal } = listening;
  const asked = await fetch("/news", { signal, headers: { Accept: "application/json" } }).catch(() => null);
  if (asked?.ok && !asked.redirected) show(await asked.json());
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
