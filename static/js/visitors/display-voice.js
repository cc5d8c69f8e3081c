/* Speaks the calls in the waiting room: a chime, then the call, one call at a time.
   Browsers play sound only after a user gesture; unattended screens are started with
   --autoplay-policy=no-user-gesture-required and need none (docs/operation.md). */
(function () {
  "use strict";
  var box = document.querySelector("[data-sound]");
  var Context = window.AudioContext || window.webkitAudioContext;
  if (!box || !Context) return;
  var start = box.querySelector("[data-sound-start]"), stop = box.querySelector("[data-sound-stop]");
  var muted = box.querySelector("[data-sound-muted]"), quiet = box.querySelector("[data-sound-quiet]");

  // A call that has produced no sound for this long must not block the others; one that waited longer is dropped.
  var LONGEST = 20000, KEPT = 50, TOO_LATE = 300000;
  // Sound that was lost (an unplugged cable, a sleeping device) is requested again at this interval.
  var ASK_EVERY = 60000;
  var context = null;
  // wanted: the last choice made here or on the page that this one replaced; null if there was none.
  var wanted = (window.portalHandover && window.portalHandover.voice) || {};
  wanted = wanted.on === undefined ? null : wanted.on;
  var on = false, silent = false, speaking = false, asking = false, askedAt = -ASK_EVERY;
  var waiting = [];
  var player = new Audio();
  player.preload = "auto";

  function show() {
    start.hidden = on;
    stop.hidden = !on || silent;
    muted.hidden = on;
    quiet.hidden = !on || !silent;
    box.dataset.state = on ? (silent ? "quiet" : "on") : "muted";
  }

  function begin() {
    if (context) {
      context.onstatechange = null;
      context.close();
    }
    context = new Context();
    context.onstatechange = follow;
  }

  // The browser has allowed sound or taken it away (a device is gone): show the current state.
  function follow() {
    var running = context.state === "running";
    if (running && !on && wanted !== false) turnOn();
    else if (!running && on) {
      on = false;
      show();
      turnOn();
    }
  }

  // A browser that does not allow sound yet may never answer.
  function turnOn() {
    if (asking) return;
    var own = context;
    asking = true;
    askedAt = performance.now();
    own.resume().then(function () {
      asking = false;
      if (own !== context) return;
      on = wanted !== false && own.state === "running";
      if (on) wanted = true;
      show();
      next();
    }, function () { asking = false; });
  }
  function turnOff() { on = wanted = false; waiting = []; player.pause(); show(); }

  start.addEventListener("click", function () {
    wanted = true;
    asking = false;
    turnOn();
  });
  stop.addEventListener("click", turnOff);

  // A repeated call replaces an earlier one that still waits, so that it is spoken once with the latest text.
  function say(call) {
    if (!on || silent) return;
    waiting = waiting.filter(function (other) { return other.label !== call.label; });
    waiting.push({ n: call.n, label: call.label, heardAt: Date.now() });
    if (waiting.length > KEPT) waiting.shift();
    next();
  }

  var clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" });

  // now: the server's time in milliseconds. Silent hours may span midnight.
  function silence(now) {
    if (wanted && !on && performance.now() - askedAt > ASK_EVERY) {
      asking = false;
      begin();
      turnOn();
    }
    var from = box.dataset.silentFrom, to = box.dataset.silentTo;
    if (!from) return;
    var time = clock.format(now);
    var inside = from < to ? time >= from && time < to : time >= from || time < to;
    if (inside === silent) return;
    silent = inside;
    if (silent) waiting = [];
    show();
  }

  function next() {
    if (speaking || !on) return;
    waiting = waiting.filter(function (call) { return Date.now() - call.heardAt < TOO_LATE; });
    if (!waiting.length) return;
    speaking = true;
    var call = waiting.shift();
    box.dataset.speaking = call.label;
    chime().then(function () { return speak(call); }).then(function () {
      speaking = false;
      delete box.dataset.speaking;
      // What was spoken, in order, for maintenance and tests.
      box.dispatchEvent(new CustomEvent("spoken", { detail: call.label }));
      next();
    });
  }

  function chime() {
    var began = context.currentTime;
    [[784, 0], [587, 0.28]].forEach(function (tone) {
      var sound = context.createOscillator(), volume = context.createGain();
      var begin = context.currentTime + tone[1];
      sound.frequency.value = tone[0];
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.4, begin + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.6);
      sound.connect(volume).connect(context.destination);
      sound.start(begin);
      sound.stop(begin + 0.65);
    });
    return new Promise(function (done) {
      window.setTimeout(function () {
        // The context reports that it is running, but its clock stands still: the device was lost, for example because the
      // television was switched off and on.
        if (context.currentTime === began) begin();
        done();
      }, 950);
    });
  }

  function speak(call) {
    return new Promise(function (done) {
      var timer = window.setTimeout(finish, LONGEST), over = false;
      function finish() {
        if (over) return;
        over = true;
        window.clearTimeout(timer);
        player.onended = player.onerror = null;
        player.pause();
        done();
      }
      player.onended = finish;
      // The server has no voice or there is no connection: the chime was played and the number is on the screen.
      player.onerror = finish;
      player.src = box.dataset.voice.replace("/0/", "/" + call.n + "/");
      var played = player.play();
      if (played) played.catch(finish);
    });
  }

  window.portalVoice = {
    say: say,
    silence: silence,
    busy: function () { return speaking || waiting.length > 0; },
    // Stops all sound and returns the state that the replacing page continues with.
    stop: function () {
      context.onstatechange = null;
      context.close();
      player.pause();
      player.removeAttribute("src");
      return { on: wanted === null ? undefined : wanted };
    }
  };

  box.hidden = false;
  begin();
  show();
  // Sound is allowed without a gesture: an unattended screen.
  if (wanted || (wanted === null && context.state === "running")) turnOn();
})();
