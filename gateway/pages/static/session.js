// Says before a session ends for want of work, and lets it go on at the press of a button (WCAG 2.2.1). Without this script
// nothing is lost either: what is typed goes along through the sign-in.
//
// All pages of a browser share the session, and so the time at which somebody last did something.

const IDLE_MS = Number(document.currentScript.dataset.idleS) * 1000;
const BEFORE_MS = Math.min(5 * 60_000, IDLE_MS / 2);
const LOOK_MS = Math.min(15_000, BEFORE_MS / 4);
const SEEN = "desk seen";

const left = () => Number(localStorage.getItem(SEEN)) + IDLE_MS - Date.now();

function done() {
  localStorage.setItem(SEEN, Date.now());
  document.getElementById("ending")?.remove();
}

async function stay() {
  const answer = await fetch("/account/stay").catch(() => null);
  if (answer?.ok && !answer.redirected) done();
  else say("You are signed out. What you type is kept while you sign in again.");
}

function say(words, ...more) {
  const box = document.getElementById("ending") ?? document.createElement("div");
  if (box.dataset.words === words) return;
  box.id = "ending";
  box.className = "notice amber ending";
  box.setAttribute("role", "alert");
  box.dataset.words = words;
  const line = document.createElement("p");
  line.textContent = words;
  box.replaceChildren(line, ...more);
  if (!box.isConnected) document.body.append(box);
}

function look() {
  if (left() > BEFORE_MS) document.getElementById("ending")?.remove();
  else if (left() <= 0) say("You are signed out. What you type is kept while you sign in again.");
  else {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Stay signed in" });
    button.addEventListener("click", stay);
    const at = new Date(Date.now() + left()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say(`Nothing was done here for long: you will be signed out at ${at}.`, button);
  }
}

document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.sourceEvent?.type !== "news") done();
});
done();
setInterval(look, LOOK_MS);
