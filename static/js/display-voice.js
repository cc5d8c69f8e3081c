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

  // A call that says nothing after this time must not hold up the others.
  var LONGEST = 20000, KEPT = 50;
  var context = new Context();
  var on = false, silent = false, speaking = false;
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

  function turnOn() {
    context.resume().then(function () {
      on = context.state === "running";
      show();
      next();
    });
  }
  function turnOff() { on = false; waiting = []; player.pause(); show(); }

  start.addEventListener("click", turnOn);
  stop.addEventListener("click", turnOff);

  // Who is called again while the first call still waits is spoken once, with the newest words.
  window.portalVoice = function (call) {
    if (!on || silent) return;
    waiting = waiting.filter(function (other) { return other.label !== call.label; });
    waiting.push(call);
    if (waiting.length > KEPT) waiting.shift();
    next();
  };

  // now: milliseconds of the server's clock. Silent hours may pass midnight.
  window.portalSilence = function (now) {
    var from = box.dataset.silentFrom, to = box.dataset.silentTo;
    if (!from) return;
    var time = new Date(now).toLocaleTimeString("en-GB", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" });
    var inside = from < to ? time >= from && time < to : time >= from || time < to;
    if (inside === silent) return;
    silent = inside;
    if (silent) waiting = [];
    show();
  };

  function next() {
    if (speaking || !on || !waiting.length) return;
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
    return new Promise(function (done) { window.setTimeout(done, 950); });
  }

  function speak(call) {
    return new Promise(function (done) {
      var timer = window.setTimeout(finish, LONGEST);
      function finish() {
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

  box.hidden = false;
  show();
  // Allowed without a press: an unattended screen.
  if (context.state === "running") turnOn();
  else context.onstatechange = function () { if (context.state === "running" && !on) turnOn(); };
})();
