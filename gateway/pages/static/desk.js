// The keys that lead about, and what the frame of a page does. Each works without this script too, by its link or button.
//
// Single keys can be switched off (WCAG 2.1.4): "keys" is "off" in this browser's storage then.

const keysAreOn = () => localStorage.getItem("keys") !== "off";

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

const places = { t: "/", n: "/orders/new", "?": "/help" };

// Only to a place that stands on the left: others are not for whoever looks.
const lead = (place) => document.querySelector(`.places a[href="${place}"]`) && location.assign(place);

document.addEventListener("keydown", (event) => {
  if (event.key === "F2") {
    event.preventDefault();
    lead("/scan");
    return;
  }
  if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (Object.hasOwn(places, event.key)) {
    lead(places[event.key]);
  }
});

// What is to be typed or scanned again takes the place of what stands there. The field may have the focus before this script is there;
// what was typed into it by then stays.
document.addEventListener("focusin", ({ target }) => "retype" in target.dataset && target.select());
const focused = document.activeElement;
if (focused?.matches("[data-retype]") && focused.value === focused.defaultValue) focused.select();

// The help has a switch for them, which this browser keeps.
const keySwitch = document.getElementById("keys-on");
if (keySwitch) {
  keySwitch.checked = keysAreOn();
  keySwitch.closest("[hidden]").hidden = false;
  keySwitch.addEventListener("change", () => localStorage.setItem("keys", keySwitch.checked ? "on" : "off"));
}

// A form that is on its way is not sent a second time by a double click. What htmx sends it guards itself.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sentAt && performance.now() - Number(form.dataset.sentAt) < 3000) event.preventDefault();
  form.dataset.sentAt = performance.now();
});

// What was just done is said once: loaded again, or sent to a colleague, the address says it no more. Beside a request (“of”) it can be undone for
// a minute, and after that is not said anyway.
const address = new URL(location.href);
if (!address.searchParams.has("of") && (address.searchParams.has("did") || address.searchParams.has("said"))) {
  address.searchParams.delete("did");
  address.searchParams.delete("said");
  history.replaceState(history.state, "", address);
}

// On a narrow screen the places are folded away until they are asked for.
const fold = document.querySelector(".places .fold");
const narrow = matchMedia("(max-width: 60rem)");
const refold = () => {
  if (fold) fold.open = !narrow.matches;
};
narrow.addEventListener("change", refold);
refold();

// Until here the stylesheet keeps folded what scripts fold up on a narrow screen, so that nothing is shown and taken away again.
document.addEventListener("DOMContentLoaded", () => document.documentElement.setAttribute("data-ready", ""));

// A menu closes with Escape or a click elsewhere.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
