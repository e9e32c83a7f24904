// The button of a page for paper: <p hidden data-print><button>. Without it the words beside it say what to press.

for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
