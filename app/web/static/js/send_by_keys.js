// <form data-send-by-keys>: Ctrl and Enter, or Command and Enter, press its first button, where the hint
// <... hidden data-keys-hint> says so. Single letters do nothing: they belong to the text, and to screen readers.

for (const form of document.querySelectorAll("form[data-send-by-keys]")) {
  for (const hint of form.querySelectorAll("[data-keys-hint]")) hint.hidden = false;
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button:not([type=button])"));
  });
}
