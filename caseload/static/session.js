// Says two minutes before the end of the session that it will end, and offers to go on. Without it the page's text says when.
(function () {
  "use strict";
  var note = document.getElementById("session-end");
  if (!note || !window.fetch) return;
  var WARN = 120000;
  var end = Date.now() + Number(note.dataset.seconds) * 1000;
  var checked = "";
  var banner = null;

  function ask(method) {
    var token = document.querySelector("input[name=csrf_token]");
    var body = method === "POST" && token ? new URLSearchParams({ csrf_token: token.value }) : undefined;
    return fetch("/sign-in/session", { method: method, body: body, headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : { seconds: null }; })
      .then(function (left) { end = left.seconds === null ? 0 : Date.now() + left.seconds * 1000; });
  }

  function look() {
    var left = end - Date.now();
    var state = left > WARN ? "" : left > 0 ? "going" : "gone";
    if (state && state !== checked) {
      checked = state; // another window may have prolonged the session meanwhile
      return ask("GET").catch(function () {}).then(look);
    }
    checked = state;
    show(state);
  }

  function show(state) {
    if (banner && banner.dataset.state === state) return;
    if (banner) banner.remove();
    banner = null;
    if (!state) return;
    banner = document.createElement("div");
    banner.id = "session-warning";
    banner.dataset.state = state;
    banner.className = "nhsuk-notification-banner app-session-warning";
    banner.setAttribute("role", "alert");
    banner.setAttribute("aria-labelledby", "session-warning-title");
    banner.append(title(), state === "going" ? warning() : goodbye());
    document.getElementById("maincontent").prepend(banner);
  }

  function title() {
    var head = document.createElement("div");
    var words = document.createElement("h2");
    head.className = "nhsuk-notification-banner__header";
    words.className = "nhsuk-notification-banner__title";
    words.id = "session-warning-title";
    words.textContent = "Important";
    head.append(words);
    return head;
  }

  function warning() {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
    button.textContent = "Stay signed in";
    button.addEventListener("click", function () { ask("POST").then(look, look); });
    return content("You will be signed out in less than 2 minutes. What you have typed will be kept for you.", button);
  }

  function goodbye() {
    return content("You have been signed out. Send your form as usual: what you have typed will be kept until you have signed in again.");
  }

  function content(text, button) {
    var inside = document.createElement("div");
    var words = document.createElement("p");
    inside.className = "nhsuk-notification-banner__content";
    words.className = "nhsuk-notification-banner__heading";
    words.textContent = text;
    inside.append(words);
    if (button) inside.append(button);
    return inside;
  }

  setInterval(look, 5000);
})();
