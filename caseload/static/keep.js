// Keeps what is being typed into a form with data-keep, for its writer only: some seconds after the last key, and when the
// page is left. Without it nothing is kept until the form is sent.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]");
  if (!form || !window.fetch) return;
  var WAIT = 5000;
  var note = document.getElementById("kept");
  var waiting = null;
  var sent = false;

  function keep() {
    if (waiting) clearTimeout(waiting);
    waiting = null;
    return fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true })
      .then(function (answer) { return answer.ok ? answer.json() : { kept: false }; })
      .then(function (answer) { say(answer.kept ? "What you typed is kept as your draft. It is not saved yet." : ""); })
      .catch(function () { say(""); });
  }

  function say(words) {
    if (note) note.textContent = words;
  }

  form.addEventListener("input", function () {
    if (waiting) clearTimeout(waiting);
    waiting = setTimeout(keep, WAIT);
  });
  form.addEventListener("submit", function () {
    sent = true;
    if (waiting) clearTimeout(waiting);
    waiting = null;
  });
  window.addEventListener("pagehide", function () {
    if (waiting && !sent) keep();
  });
})();
