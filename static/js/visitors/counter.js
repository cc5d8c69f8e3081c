/* The screens of counter, desk and host follow the queue: "changed" makes them reload their regions. Without this file
   the page has to be reloaded. */
(function () {
  "use strict";
  var box = document.querySelector("[data-counter]");
  if (!box) return;
  var stale = document.querySelector("[data-stale]");
  var waiting = null;

  // Never while somebody is typing or choosing.
  function inUse(region) {
    var focused = document.activeElement;
    var typing = focused && region.contains(focused) && focused.matches("input:not([type=hidden]), select, textarea");
    return typing || region.querySelector("details[open]");
  }

  function refresh() {
    waiting = null;
    fetch(box.dataset.refresh, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html");
        box.querySelectorAll("[data-region]").forEach(function (old) {
          var name = old.dataset.region;
          var next = fresh.querySelector('[data-region="' + name + '"]');
          if (!next || inUse(old)) return;
          if (name === "now" && old.dataset.version === next.dataset.version && old.dataset.next === next.dataset.next) return;
          var key = focusKey(old), id = old.contains(document.activeElement) && document.activeElement.id;
          old.replaceWith(document.importNode(next, true));
          if (key) restore(name, key);
          else if (id && document.getElementById(id)) document.getElementById(id).focus();
        });
        stale.hidden = true;
        goes();
        document.dispatchEvent(new CustomEvent("portal:refreshed"));
      })
      .catch(function () { stale.hidden = false; });
  }

  // Keep the focus on the same button for keyboard users.
  function focusKey(region) {
    var focused = document.activeElement;
    if (!focused || !region.contains(focused) || focused.name !== "do") return null;
    var ticket = focused.form.elements.ticket;
    return [focused.value, ticket && ticket.value];
  }
  function restore(name, key) {
    box.querySelectorAll('[data-region="' + name + '"] button[name="do"]').forEach(function (button) {
      var ticket = button.form.elements.ticket;
      if (button.value === key[0] && (ticket && ticket.value) === key[1]) button.focus();
    });
  }

  // The undo button disappears after a minute.
  var going = null;
  function goes() {
    window.clearTimeout(going);
    if (box.querySelector('[data-region="undo"] form')) going = window.setTimeout(changed, 61000);
  }
  goes();

  function changed() { if (waiting === null) waiting = window.setTimeout(refresh, 150); }

  if (window.EventSource) {
    var source = new EventSource(box.dataset.live);
    source.addEventListener("hello", function () { stale.hidden = true; changed(); });
    source.addEventListener("changed", changed);
    source.onerror = function () {
      stale.hidden = false;
      // The token has expired or the server is full: continue by polling.
      if (source.readyState === EventSource.CLOSED) window.setInterval(changed, 10000);
    };
  }
})();
