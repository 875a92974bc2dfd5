// Desk only: copying a text, naming the chosen file, the form token for htmx.
(() => {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const status = document.getElementById(button.dataset.copy + "-status");
      try {
        await navigator.clipboard.writeText(source.value);
        status.textContent = button.dataset.copied;
      } catch {
        source.focus();
        source.select();
        status.textContent = button.dataset.byHand;
      }
    });
  });
  document.addEventListener("change", (event) => {
    const input = event.target;
    const place = input.type === "file" && document.getElementById(input.id + "-chosen");
    if (!place) return;
    const size = (file) => Math.max(1, Math.round(file.size / 1024)).toLocaleString("id-ID");
    place.textContent = Array.from(input.files, (file) => `${file.name} (${size(file)} KB)`).join(", ");
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
})();
