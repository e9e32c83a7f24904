// Says that a chosen file is too large before it is sent, and sends it once: <form data-chosen-file> with an
// <input type="file" data-largest="bytes">. Without this the server says so.

for (const form of document.querySelectorAll("form[data-chosen-file]")) {
  const input = form.querySelector("input[type=file]");
  const fault = document.getElementById("file-too-large");
  let isSent = false;

  const isTooLarge = () => {
    fault.hidden = !(input.files[0]?.size > input.dataset.largest);
    input.setAttribute("aria-invalid", String(!fault.hidden));
    return !fault.hidden;
  };
  input.addEventListener("change", isTooLarge);
  form.addEventListener("submit", (event) => {
    if (!isSent && !isTooLarge()) isSent = true;
    else event.preventDefault();
  });
  window.addEventListener("pageshow", () => (isSent = false));
}
