/* Television in the waiting room, left on for days. Follows /live/display/…; while that is silent it polls, tries again
   and says how old the data is. A new version of its page is taken in by display-renew.js. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var spoken = document.querySelector("[data-spoken]");
  var stale = document.querySelector("[data-stale]");
  var away = document.querySelector("[data-away]");
  var clock = document.querySelector("[data-clock]");
  var date = document.querySelector("[data-date]");

  // A beat comes every 15 seconds: two of them missing is trouble.
  var STALE_AFTER = 35000, POLL_AFTER = 20000, POLL_EVERY = 5000, POLL_LASTS = 10000, FLASH = 8000;
  // No second of ours passed for so long: the television slept, or its clock was set. (Hidden pages get one a minute.)
  var SLEPT = 120000;
  // What the page before this one knew, when this one took its place.
  var before = window.portalHandover || {};
  var cursor = before.cursor || "", heard = before.heard || [];
  var shown = "", shownAt = Number(board.dataset.at);
  var offset = shownAt - Date.now();
  var tickedAt = Date.now(), freshAt = performance.now(), calledAt = -FLASH;
  // Of the stream: its last word, how many there were, the last attempt.
  var toldAt = freshAt, told = 0, triedAt = 0;
  var polledAt = 0, polling = false;
  var source = null, again = 0;
  var calls = {};

  function show(html, at) {
    if (shown !== html) board.innerHTML = shown = html;
    fresh(at);
    flash();
    news();
  }

  function fresh(at) {
    shownAt = at;
    // The television's own clock may be wrong; the server's is not.
    offset = at - Date.now();
    freshAt = performance.now();
  }

  function state(data) {
    show(data.html, data.at);
    if (window.portalRenew) window.portalRenew.learn(data.version);
  }

  // A call is announced once, however often it is told (a resumed stream may repeat it).
  function announce(call) {
    if (heard.indexOf(call.n) !== -1) return;
    heard.push(call.n);
    if (heard.length > 300) heard.shift();
    if (call.kind !== "called" && call.kind !== "recalled") return;
    spoken.textContent = spoken.dataset.words.replace("%label", call.label).replace("%counter", call.counter || "");
    calledAt = calls[call.label] = performance.now();
    if (window.portalVoice) window.portalVoice.say(call);
    flash();
  }

  // Notices take turns by the clock, so a board that was drawn anew goes on where the old one was.
  var TURN = 12000;
  function news() {
    var items = board.querySelectorAll(".d-news__item");
    var turn = items.length ? Math.floor((Date.now() + offset) / TURN) % items.length : 0;
    items.forEach(function (item, number) { item.hidden = number !== turn; });
  }

  function flash() {
    var now = board.querySelector(".d-now[data-label]"), moment = performance.now();
    Object.keys(calls).forEach(function (label) { if (moment - calls[label] >= FLASH) delete calls[label]; });
    if (now) now.classList.toggle("is-new", now.dataset.label in calls);
  }

  function connect() {
    window.clearTimeout(again);
    if (source) source.close();
    triedAt = performance.now();
    if (!window.EventSource) return;
    var own = source = new EventSource(board.dataset.live + since());
    function on(kind, take) {
      own.addEventListener(kind, function (event) {
        // What lay in the line while the television slept is old; the new stream begins with what still counts.
        if (own !== source || woke()) return;
        told += 1;
        toldAt = performance.now();
        if (event.lastEventId) cursor = event.lastEventId;
        take(JSON.parse(event.data));
      });
    }
    on("state", state);
    on("queue", announce);
    on("beat", function (beat) { fresh(beat.at); });
    own.onerror = function () {
      // After a refusal (too many screens, server starting) the browser gives up; we do not. Not all at the same moment.
      if (own === source && own.readyState === EventSource.CLOSED) again = window.setTimeout(connect, 5000 + Math.random() * 10000);
    };
  }

  function since() { return cursor ? "?sejak=" + encodeURIComponent(cursor) : ""; }

  function woke() {
    var now = Date.now(), slept = Math.abs(now - tickedAt) > SLEPT;
    tickedAt = now;
    if (slept) {
      freshAt = toldAt = performance.now() - STALE_AFTER - 1;
      connect();
    }
    return slept;
  }

  function poll() {
    polledAt = performance.now();
    polling = true;
    var asked = told, limit = window.AbortController ? new AbortController() : null;
    var timer = window.setTimeout(function () { polling = false; if (limit) limit.abort(); }, POLL_LASTS);
    fetch(board.dataset.poll + since(), { cache: "no-store", signal: limit ? limit.signal : undefined })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (data) {
        // The stream came back meanwhile: it knows better.
        if (asked !== told) return;
        cursor = data.cursor;
        data.calls.forEach(announce);
        state(data);
      })
      .catch(function () { /* said by the age of the data */ })
      .then(function () { window.clearTimeout(timer); polling = false; });
  }

  var time = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Jakarta" });
  var day = new Intl.DateTimeFormat("id-ID", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "Asia/Jakarta" });
  function hhmm(at) { return time.format(at).replace(":", "."); }
  function write(place, words) { if (place.textContent !== words) place.textContent = words; }

  function tick() {
    woke();
    var moment = performance.now(), now = Date.now() + offset;
    if (moment - toldAt > POLL_AFTER && moment - polledAt > POLL_EVERY && !polling) poll();
    // A connection can be dead without a word: a router forgot it, a proxy kept one end.
    if (moment - toldAt > STALE_AFTER && moment - triedAt > STALE_AFTER && source && source.readyState !== EventSource.CLOSED) connect();
    var old = moment - freshAt > STALE_AFTER;
    if (old) write(stale, stale.dataset.words.replace("%time", hhmm(shownAt)));
    stale.hidden = !old;
    write(clock, hhmm(now));
    write(date, day.format(now));
    // Yesterday's numbers call nobody.
    board.hidden = old && day.format(now) !== day.format(shownAt);
    away.hidden = !board.hidden;
    flash();
    news();
    if (window.portalVoice) window.portalVoice.silence(now);
    if (window.portalRenew) window.portalRenew.tick(moment - calledAt);
  }

  connect();
  tick();
  var ticking = window.setInterval(tick, 1000);

  window.portalDisplay = {
    // End all that runs; returns what the page that takes our place goes on with.
    stop: function () {
      window.clearInterval(ticking);
      window.clearTimeout(again);
      if (source) source.close();
      source = null;
      return { cursor: cursor, heard: heard };
    }
  };
})();
