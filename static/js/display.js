/* Television in the waiting room. Follows /live/display/…; when that fails it polls, and says how old the data is. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var spoken = document.querySelector("[data-spoken]");
  var stale = document.querySelector("[data-stale]");
  var clock = document.querySelector("[data-clock]");
  var date = document.querySelector("[data-date]");

  // A beat comes every 15 seconds: two of them missing is trouble.
  var STALE_AFTER = 35000, POLL_AFTER = 20000, POLL_EVERY = 5000, FLASH = 8000;
  var shownAt = Number(board.dataset.at);
  var offset = shownAt - Date.now();
  var freshAt = performance.now();
  var polledAt = 0;
  var source = null;
  var heard = [];

  function show(html, at) {
    if (board.innerHTML !== html) board.innerHTML = html;
    fresh(at);
  }

  function fresh(at) {
    shownAt = at;
    // The television's own clock may be wrong; the server's is not.
    offset = at - Date.now();
    freshAt = performance.now();
  }

  // A call is announced once, however often it is told (a resumed stream may repeat it).
  function announce(call) {
    if (heard.indexOf(call.n) !== -1) return;
    heard.push(call.n);
    if (heard.length > 300) heard.shift();
    if (call.kind !== "called" && call.kind !== "recalled") return;
    spoken.textContent = spoken.dataset.words.replace("%label", call.label).replace("%counter", call.counter || "");
    calls[call.label] = performance.now();
    if (window.portalVoice) window.portalVoice(call);
    flash();
  }

  // Notices take turns by the clock, so a board that was drawn anew goes on where the old one was.
  var TURN = 12000;
  function news() {
    var items = board.querySelectorAll(".d-news__item");
    var turn = items.length ? Math.floor((Date.now() + offset) / TURN) % items.length : 0;
    items.forEach(function (item, number) { item.hidden = number !== turn; });
  }

  var calls = {};
  function flash() {
    var now = board.querySelector(".d-now[data-label]");
    if (now) now.classList.toggle("is-new", performance.now() - (calls[now.dataset.label] || -FLASH) < FLASH);
  }

  function connect() {
    if (!window.EventSource) return;
    source = new EventSource(board.dataset.live);
    source.addEventListener("state", function (event) {
      var state = JSON.parse(event.data);
      show(state.html, state.at);
      flash();
      news();
    });
    source.addEventListener("queue", function (event) { announce(JSON.parse(event.data)); });
    source.addEventListener("beat", function (event) { fresh(JSON.parse(event.data).at); });
    source.onerror = function () {
      // After a refusal (too many screens, server starting) the browser gives up; we do not.
      if (source.readyState === EventSource.CLOSED) window.setTimeout(connect, 10000);
    };
  }

  function poll() {
    polledAt = performance.now();
    fetch(board.dataset.poll, { cache: "no-store" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (state) { show(state.html, state.at); })
      .catch(function () { /* said by the age of the data */ });
  }

  var time = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Jakarta" });
  var day = new Intl.DateTimeFormat("id-ID", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "Asia/Jakarta" });
  function hhmm(at) { return time.format(at).replace(":", "."); }

  function tick() {
    var silence = performance.now() - freshAt;
    if (silence > POLL_AFTER && performance.now() - polledAt > POLL_EVERY) poll();
    var old = silence > STALE_AFTER;
    if (old) {
      var words = stale.dataset.words.replace("%time", hhmm(shownAt));
      if (stale.textContent !== words) stale.textContent = words;
    }
    stale.hidden = !old;
    clock.textContent = hhmm(Date.now() + offset);
    date.textContent = day.format(Date.now() + offset);
    flash();
    news();
    if (window.portalSilence) window.portalSilence(Date.now() + offset);
  }

  connect();
  tick();
  window.setInterval(tick, 1000);
})();
