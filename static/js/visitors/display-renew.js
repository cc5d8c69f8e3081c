/* When the display's page has changed on the server (a new version of the portal, other silent hours), the new page is
   written into this window while nobody is being called. A reload could end on an error page that nobody is there to
   dismiss, and may lose the permission to play sound. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var own = board.dataset.version;
  var before = window.portalHandover || {};
  // CALM: nobody has been called for this long. PATIENCE: wait for that at most this long. EVERY: the pause between two
  // renewals, so that servers of different versions do not cause a loop.
  var CALM = 45000, PATIENCE = 900000, EVERY = 300000, ALIVE_AFTER = 30000, LASTS = 120000;
  var learntAt = null, triedAt = before.renewedAt === undefined ? -EVERY : before.renewedAt;

  function tick(sinceCall) {
    var moment = performance.now();
    if (learntAt === null || moment - triedAt < EVERY) return;
    if (window.portalVoice && window.portalVoice.busy()) return;
    if (sinceCall > CALM || moment - learntAt > PATIENCE) renew(moment);
  }

  function renew(moment) {
    triedAt = moment;
    var limit = window.AbortSignal && AbortSignal.timeout ? AbortSignal.timeout(LASTS) : undefined;
    fetch(window.location.href, { cache: "no-store", signal: limit })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (html) { if (html.indexOf("data-board") !== -1) replace(html); })
      .catch(function () { /* tried again later */ });
  }

  function replace(html) {
    var kept = window.portalDisplay.stop();
    kept.voice = window.portalVoice ? window.portalVoice.stop() : before.voice;
    kept.renewedAt = triedAt;
    window.portalHandover = kept;
    window.portalDisplay = window.portalVoice = window.portalRenew = undefined;
    // Its files did not load: a reload is better than a dead page.
    window.setTimeout(function () { if (!window.portalDisplay) window.location.reload(); }, ALIVE_AFTER);
    document.open();
    document.write(html);
    document.close();
  }

  window.portalRenew = {
    // version: that of the page as the server would send it now.
    learn: function (version) {
      if (version === own) learntAt = null;
      else if (learntAt === null) learntAt = performance.now();
    },
    // sinceCall: milliseconds since the last call.
    tick: tick
  };
})();
