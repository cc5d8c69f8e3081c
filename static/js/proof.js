/* Solves the proof of work of a form (components/_proof.html) while the person reads. If the form is submitted earlier,
   the submission waits for the solution. Where hash functions are missing (a connection without encryption) the button
   is enabled after a waiting time. */
(function () {
  "use strict";

  function prepare(box) {
    var form = box.closest("form");
    if (!form || box.hasAttribute("data-ready")) return;
    box.setAttribute("data-ready", "");
    var line = box.querySelector("[data-proof-status]");
    var answer = box.querySelector("[name=proof]");
    var done = false, wanted = null, wait = Number(box.getAttribute("data-wait"));

    function finish(text) {
      done = true;
      line.textContent = box.getAttribute(text);
      if (wanted) { var button = wanted; wanted = null; form.requestSubmit(button === true ? undefined : button); }
    }

    function waitInstead() {
      var end = Date.now() + wait * 1000;
      (function tick() {
        var left = Math.ceil((end - Date.now()) / 1000);
        if (left <= 0) return finish("data-text-done");
        // Only every five seconds, so that a screen reader is not flooded.
        if (left > 1 && (left % 5 === 0 || left === wait)) line.textContent = box.getAttribute("data-text-wait").replace("{n}", left);
        setTimeout(tick, 1000);
      })();
    }

    // Runs before the handler of portal.js, which marks the form as sent.
    window.addEventListener("submit", function (event) {
      if (event.target !== form || done) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      wanted = event.submitter || true;
      line.textContent = box.getAttribute("data-text-working");
    }, true);

    line.textContent = box.getAttribute("data-text-working");
    if (!window.Worker || !window.isSecureContext || !window.crypto || !window.crypto.subtle) return waitInstead();
    var worker = new Worker(box.getAttribute("data-worker"));
    worker.onmessage = function (event) {
      worker.terminate();
      if (!event.data) return waitInstead();
      answer.value = event.data;
      finish("data-text-done");
    };
    worker.onerror = function () { worker.terminate(); waitInstead(); };
    worker.postMessage(JSON.parse(box.getAttribute("data-task")));
  }

  document.querySelectorAll("[data-proof]").forEach(prepare);
})();
