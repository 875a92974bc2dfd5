// Shortens the way only: every form works without it, and the server counts a second sending once.
(() => {
  "use strict";
  const WAIT = 20000;
  const tell = (form, words) => {
    let place = form.querySelector("[data-alert]");
    if (!place) {
      place = document.createElement("p");
      place.className = "wrong";
      place.dataset.alert = "";
      place.setAttribute("role", "alert");
      (form.querySelector("[type=submit]") || form.lastElementChild).before(place);
    }
    place.textContent = words;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || !form.dataset.offline) return;
    if (form.dataset.sent) return event.preventDefault();
    if (!navigator.onLine) {
      event.preventDefault();
      return tell(form, form.dataset.offline);
    }
    form.dataset.sent = "yes";
    if (!button) return;
    const label = button.querySelector("span") || button;
    const words = label.textContent;
    button.setAttribute("aria-busy", "true");
    label.textContent = form.dataset.sending;
    setTimeout(() => {
      delete form.dataset.sent;
      button.removeAttribute("aria-busy");
      label.textContent = words;
    }, WAIT);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
