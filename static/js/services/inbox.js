/* The inbox: keyboard navigation, actions for the selected cases, notice of new ones. Without this file everything works
   by clicking and reloading. */
(function () {
  "use strict";

  var list = document.querySelector("[data-inbox]");
  var rows = list ? Array.prototype.slice.call(list.querySelectorAll(".row-item")) : [];

  function linkOf(row) { return row.querySelector(".row-item__title a"); }
  function boxOf(row) { return row.querySelector('input[name="chosen"]'); }
  function current() {
    return rows.indexOf(document.activeElement && document.activeElement.closest(".row-item"));
  }

  // On a wide screen a case opens beside the list; its link still leads to its page, as does a second click.
  var split = document.querySelector("[data-split]");
  var wide = window.matchMedia("(min-width: 1440px)");
  var opening = null;
  function isSplit() { return split && wide.matches && window.htmx && rows.length; }
  function open(row) {
    rows.forEach(function (each) { each.removeAttribute("aria-current"); });
    row.setAttribute("aria-current", "true");
    window.htmx.ajax("GET", linkOf(row).href + "?ringkas=1", { target: "#rincian", swap: "innerHTML" });
  }
  function arrange() {
    if (!split) return;
    split.classList.toggle("is-split", Boolean(isSplit()));
    if (isSplit() && !list.querySelector(".row-item[aria-current]")) open(rows[0]);
  }
  if (split) {
    split.addEventListener("click", function (event) {
      var link = event.target.closest(".row-item__title a");
      var row = link && link.closest(".row-item");
      if (!row || !isSplit() || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (row.hasAttribute("aria-current")) return;
      event.preventDefault();
      open(row);
    });
    wide.addEventListener("change", arrange);
    arrange();
  }

  function go(step) {
    var at = current();
    var to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    linkOf(rows[to]).focus();
    rows[to].scrollIntoView({ block: "nearest" });
    if (!isSplit()) return;
    // Only the row on which the keys come to rest is fetched.
    window.clearTimeout(opening);
    opening = window.setTimeout(function () { open(rows[to]); }, 250);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || !rows.length) return;
    var box = event.target.matches('input[name="chosen"]');
    if (!box && event.target.closest("input, select, textarea, [contenteditable]")) return;
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    var at = current();
    if (key === "j" || (key === "ArrowDown" && at >= 0)) go(1);
    else if (key === "k" || (key === "ArrowUp" && at >= 0)) go(-1);
    else if (key === "x" && at >= 0 && boxOf(rows[at])) {
      boxOf(rows[at]).checked = !boxOf(rows[at]).checked;
      count();
    } else if (key === "Enter" && box) {
      // Enter in a form would press its first button.
      linkOf(rows[at]).click();
    } else return;
    event.preventDefault();
  });

  // Bulk actions are shown while cases are selected.
  var bar = document.querySelector("[data-bulk]");
  function count() {
    if (!bar) return;
    var chosen = rows.filter(function (row) { return boxOf(row) && boxOf(row).checked; }).length;
    var words = bar.querySelector("[data-count]");
    bar.hidden = !chosen;
    words.textContent = words.dataset.count.replace("{n}", chosen);
  }
  if (bar) list.addEventListener("change", count);
  // Count boxes that the browser has restored as ticked.
  window.addEventListener("pageshow", count);
  count();

  var news = document.querySelector("[data-news]");
  if (!news) return;
  var link = news.querySelector("a");
  var waiting = null, askedAt = 0, polling = null, source = null;

  function ask() {
    waiting = null;
    askedAt = Date.now();
    fetch(news.dataset.news, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (found) {
        // The rows stay as they are, so that nothing moves just before a click.
        if (found.n && link.textContent !== found.words) { link.textContent = found.words; link.hidden = false; }
        Object.keys(found.counts).forEach(function (tab) { show(tab, found.counts[tab]); });
        if (polling) listen(found.live);
      })
      .catch(function () { /* Asked again in the next round. */ });
  }
  function changed() {
    if (waiting === null) waiting = window.setTimeout(ask, Math.max(400, 3000 - (Date.now() - askedAt)));
  }
  function show(tab, number) {
    var place = document.querySelector('[data-tab="' + tab + '"]');
    var badge = place.querySelector(".count");
    if (!badge && number) {
      badge = document.createElement("span");
      badge.className = "count is-hot";
      place.append(" ", badge);
    }
    if (badge) { badge.textContent = number; badge.hidden = !number; }
  }
  function poll() { if (!polling) polling = window.setInterval(changed, 20000); }
  function listen(address) {
    if (!window.EventSource) { poll(); return; }
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(address);
    source.addEventListener("hello", function () {
      window.clearInterval(polling);
      polling = null;
      changed();
    });
    source.addEventListener("changed", changed);
    source.onerror = function () {
      // The token has expired or the server is full: keep polling. Each answer brings a new address.
      if (source.readyState === EventSource.CLOSED) poll();
    };
  }
  listen(news.dataset.live);
})();
