/* The voice of the waiting room: a chime, then the call, one after another and never two at once.
   Browsers play sound only after somebody has pressed something; unattended screens are started with
   --autoplay-policy=no-user-gesture-required and begin by themselves (docs/operation.md). */
(function () {
  "use strict";
  var box = document.querySelector("[data-sound]");
  var Context = window.AudioContext || window.webkitAudioContext;
  if (!box || !Context) return;
  var start = box.querySelector("[data-sound-start]"), stop = box.querySelector("[data-sound-stop]");
  var muted = box.querySelector("[data-sound-muted]"), quiet = box.querySelector("[data-sound-quiet]");

  // A call that says nothing after this time must not hold up the others; one that waited so long is no call any more.
  var LONGEST = 20000, KEPT = 50, TOO_LATE = 300000;
  // Lost without our doing (a cable, a sleep), sound is asked for again this often.
  var ASK_EVERY = 60000;
  var context = null;
  // wanted: what somebody chose last, here or on the page that this one replaced; null: nobody has.
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

  // The browser allows sound, or took it away (a device is gone): the screen says what is so.
  function follow() {
    var running = context.state === "running";
    if (running && !on && wanted !== false) turnOn();
    else if (!running && on) {
      on = false;
      show();
      turnOn();
    }
  }

  // In browsers that allow no sound yet the answer may never come.
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

  // Who is called again while the first call still waits is spoken once, with the newest words.
  function say(call) {
    if (!on || silent) return;
    waiting = waiting.filter(function (other) { return other.label !== call.label; });
    waiting.push({ n: call.n, label: call.label, heardAt: Date.now() });
    if (waiting.length > KEPT) waiting.shift();
    next();
  }

  var clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" });

  // now: milliseconds of the server's clock. Silent hours may pass midnight.
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
      // What was spoken, in order: for whoever looks after the screen (and its tests).
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
        // Says that it runs, but its time stands still: the device went away under it (a television switched off and on).
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
      // No voice on the server, or no connection: the chime was heard, the number stands on the screen.
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
    // End all that sounds; returns what the page that takes our place goes on with.
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
  // Allowed without a press: an unattended screen.
  if (wanted || (wanted === null && context.state === "running")) turnOn();
})();
