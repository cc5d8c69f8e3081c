/* Keeps what was typed into a form in sessionStorage until the server has received it, so that a lost connection, the
   browser's own error page or a change of language loses nothing. Nothing leaves the browser, and everything is deleted
   when the tab closes or the server confirms the form.
   <form data-keep> … </form>        text boxes, choices and dates are stored; files, hidden fields and [data-keep-not]
                                     (secrets) never are
   <form data-keep="bound">          the server sent the form back with the input in it, which takes precedence
   <template data-keep-note>…</template> inside the form: shown above it when input was restored
   [data-keep-arrived]               somewhere on the page: the server has received what was sent
   [data-keep-forget]                somewhere on the page: everything stored in this tab is deleted */
(function () {
  "use strict";
  var PREFIX = "ketikan:", store;
  try { store = window.sessionStorage; store.getItem(PREFIX); } catch (error) { return; }

  // A page counts as the answer to a form if it began loading at most this many milliseconds after the form was sent.
  var SAME_MOMENT = 3000;

  function keys() {
    return Object.keys(store).filter(function (key) { return key.indexOf(PREFIX) === 0; });
  }

  function read(key) {
    try { return JSON.parse(store.getItem(key)); } catch (error) { return null; }
  }

  function write(key, kept) {
    try { store.setItem(key, JSON.stringify(kept)); } catch (error) { /* The storage is full; the page works without it. */ }
  }

  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (each) {
      return each.name && !each.closest("[data-keep-not], .honey") &&
        /^(text|textarea|email|tel|url|number|date|month|search|radio|checkbox|select-one)$/.test(each.type);
    });
  }

  function valuesOf(form) {
    var values = {};
    fieldsOf(form).forEach(function (each) {
      if (each.type === "radio" || each.type === "checkbox") {
        if (each.checked) values[each.name] = (values[each.name] || []).concat(each.value);
      } else if (each.value) values[each.name] = [each.value];
    });
    return JSON.stringify(values);
  }

  function put(form, values) {
    fieldsOf(form).forEach(function (each) {
      var wanted = values[each.name] || [];
      if (each.type === "radio" || each.type === "checkbox") each.checked = wanted.indexOf(each.value) !== -1;
      else each.value = wanted[0] || "";
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
    fieldsOf(form).forEach(function (each) { each.dispatchEvent(new Event("input", { bubbles: true })); });
  }

  // Only a page that was reached from the form's page and began loading when the form was sent can be its answer.
  function isAnswer(kept) {
    var loading = performance.getEntriesByType("navigation")[0];
    if (!kept.sentAt || document.referrer !== kept.sentFrom) return false;
    return Boolean(loading && loading.type === "navigate" && Math.abs(performance.timeOrigin - kept.sentAt) < SAME_MOMENT);
  }

  function keep(form) {
    var key = PREFIX + new URL(form.action).pathname, base = valuesOf(form), stamp = form.querySelector("[name=idempotency_key]");
    var kept = read(key);
    if (kept && form.dataset.keep !== "bound" && kept.base === base && kept.typed !== base) restore(kept);
    else store.removeItem(key);

    function restore(kept) {
      var fresh = stamp && stamp.value;
      put(form, JSON.parse(kept.typed));
      // The server may have received the form and only its answer was lost. Unchanged input is the same message and keeps
      // its stamp; changed input is a new message and gets a new one.
      if (stamp && kept.stamp) {
        stamp.value = kept.stamp;
        form.addEventListener("input", function () { stamp.value = fresh; }, { once: true });
      }
      var note = form.querySelector("template[data-keep-note]");
      if (note) form.prepend(note.content.cloneNode(true));
    }

    function remember(sentAt) {
      var typed = valuesOf(form);
      if (typed === base) store.removeItem(key);
      else {
        write(key, {
          base: base,
          typed: typed,
          stamp: stamp ? stamp.value : "",
          sentAt: sentAt || 0,
          sentFrom: location.href.split("#")[0],
        });
      }
    }

    form.addEventListener("input", function () { remember(); });
    form.addEventListener("change", function () { remember(); });
    // A second tap is stopped by portal.js and must not count as sent again.
    form.addEventListener("submit", function () { if (form.dataset.sent !== "1") remember(Date.now()); });
  }

  var forget = document.querySelector("[data-keep-forget]"), arrived = document.querySelector("[data-keep-arrived]");
  keys().forEach(function (key) {
    var kept = read(key) || {};
    if (forget || (arrived && kept.sentAt) || isAnswer(kept)) store.removeItem(key);
  });
  document.querySelectorAll("form[data-keep]").forEach(keep);
})();
