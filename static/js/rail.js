/* Keeps the counts in the staff rail up to date on an open page, and announces a visitor on whatever page is open.
   Without this file the counts are as old as the page.
   [data-rail]: address that answers in JSON · [data-live]: stream that says "changed". */
(function () {
  "use strict";
  var shell = document.querySelector("[data-rail]");
  if (!shell || !window.fetch) return;
  var news = document.querySelector("[data-rail-news] p"), link = news.querySelector("a");
  var address = shell.dataset.live, title = document.title, source = null, waiting = null, askedAt = 0;

  function number(text) { return parseInt(text, 10) || 0; }

  function show(path, told) {
    var more = false;
    document.querySelectorAll(".rail nav a, .rail-menu nav a").forEach(function (entry) {
      if (entry.getAttribute("href") !== path) return;
      var badge = entry.querySelector(".count");
      var before = badge ? number(badge.textContent) : 0;
      if (told.badge && !badge) { badge = document.createElement("span"); entry.append(badge); }
      if (badge && !told.badge) badge.remove();
      if (told.badge) { badge.className = "count is-hot"; badge.textContent = told.badge; }
      more = more || number(told.badge) > before;
    });
    return more;
  }

  function tell(found) {
    var count = 0;
    Object.keys(found.badges).forEach(function (path) {
      var told = found.badges[path], more = show(path, told);
      if (!told.news) return;
      count += number(told.badge);
      if (more && window.location.pathname !== path) {
        link.href = path;
        link.textContent = told.news;
        news.hidden = false;
      } else if (!told.badge && link.getAttribute("href") === path) news.hidden = true;
    });
    document.title = (count ? "(" + count + ") " : "") + title;
    address = found.live;
  }

  function ask() {
    waiting = null;
    askedAt = Date.now();
    fetch(shell.dataset.rail, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(tell)
      .catch(function () { /* Asked again at the next event. */ });
  }
  function changed() {
    if (waiting === null) waiting = window.setTimeout(ask, Math.max(0, 2000 - (Date.now() - askedAt)));
  }

  // Only a visible page listens, because a browser has few connections for all its tabs. A hidden one polls each minute.
  function listen() {
    if (document.hidden || !window.EventSource || (source && source.readyState !== EventSource.CLOSED)) return;
    source = new EventSource(address);
    source.addEventListener("changed", changed);
  }
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) { changed(); window.setTimeout(listen, 1000); }
    else if (source) { source.close(); source = null; }
  });
  window.setInterval(function () {
    if (!document.hidden && source && source.readyState !== EventSource.CLOSED) return;
    changed();
    window.setTimeout(listen, 3000);
  }, 60000);
  news.querySelector("button").addEventListener("click", function () { news.hidden = true; });
  listen();
})();
