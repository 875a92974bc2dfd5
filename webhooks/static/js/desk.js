// Desk only: copying a text, naming the chosen file, lists that renew themselves, the form token for htmx.
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
  const live = document.querySelector("[data-renew]");
  const renew = async () => {
    if (document.hidden || live.contains(document.activeElement)) return;
    try {
      const from = live.dataset.renewFrom;
      const answer = await fetch(from || location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected || answer.status === 204) return;
      if (from) {
        location.reload();
        return;
      }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-renew]");
      if (fresh && fresh.dataset.renew !== live.dataset.renew) location.reload();
    } catch {
      // The list stays as it is; the next round asks again.
    }
  };
  if (live) setInterval(renew, 5000);
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
})();
