// The button that chooses all rows of a list, and again none; and filters that are folded away on a narrow screen.
// Without this script each row is ticked by itself, and the filters stand open.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-all]");
  if (!button) return;
  const boxes = [...button.form.querySelectorAll("input[name=request]")];
  const all = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = all;
});

const reveal = () => {
  for (const button of document.querySelectorAll("[data-choose-all]")) button.hidden = false;
};
document.addEventListener("htmx:after:swap", reveal);
reveal();

if (matchMedia("(max-width: 60rem)").matches) {
  for (const filters of document.querySelectorAll("details.facets")) filters.open = false;
}
