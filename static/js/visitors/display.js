/* The television in the waiting room, which runs for days. It follows /live/display/…; while that stream is down it
   polls, reconnects and shows how old the data is. display-renew.js installs a new version of the page. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var spoken = document.querySelector("[data-spoken]");
  var stale = document.querySelector("[data-stale]");
  var away = document.querySelector("[data-away]");
  var clock = document.querySelector("[data-clock]");
  var date = document.querySelector("[data-date]");

  // A heartbeat comes every 15 seconds; two missing ones mean trouble.
  var STALE_AFTER = 35000, POLL_AFTER = 20000, POLL_EVERY = 5000, POLL_LASTS = 10000, FLASH = 8000;
  // If no timer ran for this long, the television slept or its clock was set. Hidden pages get one tick a minute.
  var SLEPT = 120000;
  // The state of the page that this one replaced.
  var before = window.portalHandover || {};
  var cursor = before.cursor || "", heard = before.heard || [];
  var shown = "", shownAt = Number(board.dataset.at);
  var offset = shownAt - Date.now();
  var tickedAt = Date.now(), freshAt = performance.now(), calledAt = -FLASH;
  // The stream's last event, the number of events, and the last attempt to connect.
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
    // The television's clock may be wrong, so the server's is used.
    offset = at - Date.now();
    freshAt = performance.now();
  }

  function state(data) {
    show(data.html, data.at);
    if (window.portalRenew) window.portalRenew.learn(data.version);
  }

  // A call is announced once, even if a resumed stream repeats it.
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

  // Notices rotate by the clock, so a redrawn board continues where the old one was.
  var TURN = 12000;
  function news() {
    var items = board.querySelectorAll(".d-news");
    var turn = items.length ? Math.floor((Date.now() + offset) / TURN) % items.length : 0;
    items.forEach(function (item, number) { item.hidden = number !== turn; });
  }

  function flash() {
    var now = board.querySelector(".d-now"), moment = performance.now();
    Object.keys(calls).forEach(function (label) { if (moment - calls[label] >= FLASH) delete calls[label]; });
    if (!now) return;
    var shown = Array.prototype.slice.call(now.querySelectorAll("[data-label]"));
    now.classList.toggle("is-new", shown.some(function (call) { return call.dataset.label in calls; }));
  }

  function connect() {
    window.clearTimeout(again);
    if (source) source.close();
    triedAt = performance.now();
    if (!window.EventSource) return;
    var own = source = new EventSource(board.dataset.live + since());
    function on(kind, take) {
      own.addEventListener(kind, function (event) {
        // Events buffered while the television slept are outdated; a new stream starts with the current state.
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
      // After a refusal (too many screens, server starting) the browser gives up, so reconnect here, at a random moment to
    // spread the load.
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
        // The stream has come back in the meantime and is more current.
        if (asked !== told) return;
        cursor = data.cursor;
        data.calls.forEach(announce);
        state(data);
      })
      .catch(function () { /* the displayed age of the data shows it */ })
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
    // A connection can die silently, for example in a router or a proxy.
    if (moment - toldAt > STALE_AFTER && moment - triedAt > STALE_AFTER && source && source.readyState !== EventSource.CLOSED) connect();
    var old = moment - freshAt > STALE_AFTER;
    if (old) write(stale, stale.dataset.words.replace("%time", hhmm(shownAt)));
    stale.hidden = !old;
    write(clock, hhmm(now));
    write(date, day.format(now));
    // Do not show yesterday's numbers.
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
    // Stops everything and returns the state that the replacing page continues with.
    stop: function () {
      window.clearInterval(ticking);
      window.clearTimeout(again);
      if (source) source.close();
      source = null;
      return { cursor: cursor, heard: heard };
    }
  };
})();
