// The button that chooses all rows of a list, and again none; the next steps of rows that come by themselves; and filters that are folded away on
// a narrow screen. Without this script each row is ticked by itself, no row comes by itself, and the filters stand open.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-all]");
  if (!button) return;
  const boxes = [...button.form.querySelectorAll("input[name=request]")];
  const all = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = all;
  count(true);
});

// How many are chosen: the rows of a list come and go by themselves, and one that has gone is chosen no more.
let chosen = 0;
let gone = 0;

function count(isOwnDoing) {
  const now = document.querySelectorAll("input[name=request]:checked").length;
  gone = isOwnDoing ? 0 : gone + Math.max(0, chosen - now);
  chosen = now;
  const words = [now ? `${now} chosen` : "", gone ? `${gone} left the list` : ""].filter(Boolean).join(", ");
  for (const element of document.querySelectorAll("[data-chosen]")) element.textContent = words;
}

document.addEventListener("change", (event) => event.target.name === "request" && count(true));
document.addEventListener("htmx:after:swap", () => count(false));

const reveal = () => {
  for (const button of document.querySelectorAll("[data-choose-all]")) button.hidden = false;
};
document.addEventListener("htmx:after:swap", reveal);
reveal();

// What can be done to several is the next step of a row here at least.
document.addEventListener("htmx:after:swap", () => {
  for (const part of document.querySelectorAll("[data-step-of]")) {
    part.hidden = !document.querySelector(`[data-step="${part.dataset.stepOf}"]`);
  }
});

if (matchMedia("(max-width: 60rem)").matches) {
  for (const filters of document.querySelectorAll("details.facets")) filters.open = false;
}
