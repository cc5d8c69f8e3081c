/* The visitor's own ticket follows /live/ticket/…, and the slip at the desk prints itself. Both work without this
   file. */
(function () {
  "use strict";
  var script = document.currentScript;

  // The paper of a slip is as long as the slip, so that no blank paper runs out of the printer.
  var slip = document.querySelector("main.slip");
  if (slip) {
    window.addEventListener("beforeprint", function () {
      var style = window.getComputedStyle(slip);
      var height = slip.offsetHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
      var wide = document.documentElement.classList.contains("w80");
      // 96 CSS pixels are an inch; 2 mm more for the margin of rounding.
      var length = Math.ceil(height / 96 * 25.4) + (wide ? 8 : 6);
      var sheet = document.styleSheets[0];
      sheet.insertRule((wide ? "@page wide { size: 80mm " : "@page { size: 58mm ") + length + "mm; }", sheet.cssRules.length);
    });
  }
  // The slip at the desk: print immediately, then return to the desk's screen.
  if (script && script.hasAttribute("data-print-at-once")) {
    window.addEventListener("afterprint", function () { window.location.replace(script.dataset.after); });
    window.addEventListener("load", function () { window.print(); });
    return;
  }

  var card = document.querySelector("[data-ticket]");
  if (!card || !window.EventSource) return;
  var stale = document.querySelector("[data-stale]");
  var freshAt = Date.now();

  function say(name, words) {
    var field = card.querySelector("[data-" + name + "]");
    if (field && field.textContent !== words) field.textContent = words;
  }

  function connect() {
    var source = new EventSource(card.dataset.live);
    source.addEventListener("place", function (event) {
      var place = JSON.parse(event.data);
      freshAt = Date.now();
      // A missed ticket gets another button, and the usual one again once it is back in the queue.
      var missed = (place.state === "no_show") !== (card.dataset.state === "no_show");
      if (place.ended || missed) { source.close(); window.location.reload(); return; }
      card.dataset.state = place.state;
      say("heading", place.heading);
      say("text", place.text);
      if (place.called && !card.classList.contains("is-called") && navigator.vibrate) navigator.vibrate([300, 150, 300]);
      card.classList.toggle("is-called", place.called);
      var leave = document.querySelector("[data-leave]");
      if (leave) leave.hidden = place.state === "serving" || place.state === "no_show";
    });
    source.addEventListener("beat", function () { freshAt = Date.now(); });
    source.onerror = function () {
      if (source.readyState === EventSource.CLOSED) window.setTimeout(connect, 15000);
    };
  }

  connect();
  window.setInterval(function () { stale.hidden = Date.now() - freshAt < 35000; }, 2000);
  // A phone that wakes up may have missed the call.
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && Date.now() - freshAt > 60000) window.location.reload();
  });
})();
