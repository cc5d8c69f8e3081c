/* Shows a banner when an open case has changed; the page itself does not move. What was typed survives "Muat ulang": it
   is stored in this tab until the page has reloaded, then put back into the form of the same step, or else shown above
   it to be copied. */
(function () {
  "use strict";
  // The whole page may be replaced when somebody else was faster, so the element is looked up each time.
  function news() { return document.querySelector("[data-case-news]"); }
  if (!news()) return;
  var address = news().dataset.live, source = null, waiting = null, askedAt = 0;
  var KEPT = "kasus:" + window.location.pathname;

  function written(field) {
    return field.form && /^(textarea|text|date)$/.test(field.type) && !field.readOnly && field.value !== field.defaultValue;
  }
  // Fields of a step belong to its run; messages and notes on the right belong to the case.
  function runOf(field) { return field.closest("#kanan") || !field.form.elements.run ? "" : field.form.elements.run.value; }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-case-news] a");
    if (!link) return;
    var kept = Array.prototype.filter.call(document.querySelectorAll("main textarea, main input"), written).map(function (field) {
      var label = document.querySelector('label[for="' + field.id + '"]');
      return {
        id: field.id,
        run: runOf(field),
        long: field.type === "textarea",
        value: field.value,
        label: label ? label.firstChild.textContent.trim() : "",
      };
    });
    // Reload with the current tab and document.
    link.href = window.location.pathname + window.location.search;
    try { window.sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch (error) { /* The storage is full or forbidden. */ }
  });

  function putBack() {
    var kept = [];
    try {
      kept = JSON.parse(window.sessionStorage.getItem(KEPT)) || [];
      window.sessionStorage.removeItem(KEPT);
    } catch (error) { return; }
    var lost = kept.filter(function (each) {
      var field = document.getElementById(each.id);
      if (!field || !field.form || runOf(field) !== each.run) return each.long;
      field.value = each.value;
      return false;
    });
    if (!lost.length) return;
    var box = document.querySelector("template[data-unsaved]").content.firstElementChild.cloneNode(true);
    var row = box.lastElementChild;
    lost.forEach(function (each, n) {
      var own = row.cloneNode(true);
      own.firstElementChild.textContent = each.label;
      own.firstElementChild.htmlFor = own.lastElementChild.id = "tadi-" + n;
      own.lastElementChild.value = each.value;
      box.append(own);
    });
    row.remove();
    news().after(box);
  }
  putBack();

  function ask() {
    waiting = null;
    askedAt = Date.now();
    fetch(news().dataset.caseNews, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (found) {
        address = found.live;
        var words = news().querySelector("[data-words]");
        if (found.words && words.textContent !== found.words) { words.textContent = found.words; words.parentElement.hidden = false; }
      })
      .catch(function () { /* Asked again at the next event. */ });
  }
  function changed() {
    if (waiting === null) waiting = window.setTimeout(ask, Math.max(300, 3000 - (Date.now() - askedAt)));
  }
  // Only a visible page listens, because a browser has few connections for all its tabs; one that comes back asks anyway.
  function listen() {
    if (document.hidden || !window.EventSource || (source && source.readyState !== EventSource.CLOSED)) return;
    source = new EventSource(address);
    source.addEventListener("hello", changed);
    source.addEventListener("changed", changed);
  }
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) { changed(); window.setTimeout(listen, 1000); }
    else if (source) { source.close(); source = null; }
  });
  // A stream that was refused, or whose token has expired, is reopened with the address of the last answer.
  window.setInterval(function () {
    if (document.hidden || (source && source.readyState !== EventSource.CLOSED)) return;
    changed();
    window.setTimeout(listen, 4000);
  }, 30000);
  listen();
})();
