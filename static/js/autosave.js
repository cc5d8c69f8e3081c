/* Saves forms with data-autosave while they are being filled in; they work without this file. htmx sends such a form at the
   event "autosave". The answer consists of out-of-band fragments and never contains the form itself. */
(function () {
  "use strict";
  var PAUSE = 900, RETRY = 5000;
  var status = document.getElementById("edit-status");
  var forms = Array.prototype.slice.call(document.querySelectorAll("form[data-autosave]"));
  // For each form: its content when last saved, and whether a request is running.
  var states = new Map();
  var leaving = false, passing = false;

  function snapshot(form) {
    var parts = [];
    new FormData(form).forEach(function (value, name) {
      if (!/(^|-)(csrfmiddlewaretoken|was|clash|key|order)$/.test(name)) parts.push(name + "=" + value);
    });
    return parts.join("\n");
  }

  function dirty(form) { return states.get(form).saved !== snapshot(form); }
  function anyDirty() { return forms.some(dirty); }

  function say(words, bad) {
    status.hidden = false;
    status.classList.toggle("is-bad", Boolean(bad));
    if (words) status.textContent = words;
  }

  function save(form) {
    var state = states.get(form);
    window.clearTimeout(state.timer);
    if (leaving || state.busy || !dirty(form)) return;
    if (stale) { renewToken(function () { save(form); }); later(form, RETRY); return; }
    state.busy = true;
    state.sent = snapshot(form);
    say(status.dataset.saving);
    window.htmx.trigger(form, "autosave");
  }

  function later(form, delay) {
    var state = states.get(form);
    window.clearTimeout(state.timer);
    state.timer = window.setTimeout(function () { save(form); }, delay);
  }

  function settle(form, ok) {
    var state = states.get(form);
    state.busy = false;
    if (ok) state.saved = state.sent;
    var waiting = state.waiting.splice(0);
    if (ok && dirty(form) && !leaving) {
      // The content changed while the request was running.
      later(form, waiting.length ? 0 : PAUSE);
      if (waiting.length) { state.waiting = waiting; return; }
    }
    waiting.forEach(function (done) { done(ok); });
  }

  /* Calls back with whether everything is saved. */
  function flush(done) {
    var form = forms.filter(function (each) { return states.get(each).busy || dirty(each); })[0];
    if (!form) { done(true); return; }
    states.get(form).waiting.push(function (ok) { if (ok) flush(done); else done(false); });
    save(form);
  }

  forms.forEach(function (form) {
    states.set(form, { saved: snapshot(form), sent: "", busy: false, timer: 0, waiting: [] });
    // A form that the server sent back with errors has unsaved content.
    if (form.hasAttribute("data-kept") || form.querySelector(".notice--bad, [data-clash]")) states.get(form).saved = "";
    form.addEventListener("input", function () { later(form, PAUSE); });
    form.addEventListener("change", function (event) { if (event.target.type !== "text") later(form, 150); });
    form.addEventListener("focusout", function () { later(form, 150); });
    form.addEventListener("htmx:configRequest", function (event) {
      event.detail.parameters.revision = document.getElementById("edit-revision").value;
    });
    form.addEventListener("submit", function () { leaving = true; });
  });

  // Refusals contain fragments too.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!states.has(event.detail.elt)) return;
    if (!event.detail.xhr.getResponseHeader("X-Saved")) { event.detail.shouldSwap = false; return; }
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  // The fragment may replace the focused element, because the focus is restored by its id.
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.elt, xhr = event.detail.xhr;
    if (!states.has(form)) return;
    if (xhr && xhr.status && xhr.getResponseHeader("X-Saved")) {
      var refused = xhr.status !== 200;
      say("", refused);
      mark(form);
      settle(form, !refused);
      var clash = refused && xhr.status === 409 && form.querySelector("[data-clash]");
      if (clash) clash.scrollIntoView({ block: "nearest" });
      return;
    }
    if (xhr && xhr.status === 409) say(status.dataset.closed, true);
    else if (xhr && xhr.status && xhr.status < 500) { say(status.dataset.loggedOut, true); stale = true; }
    else say(xhr && xhr.status ? status.dataset.failed : status.dataset.offline, true);
    settle(form, false);
    later(form, RETRY);
  });

  // Logging in again in another tab changes the CSRF token, which the forms of this page then need.
  var stale = false;
  function renewToken(done) {
    window.fetch(window.location.href, { credentials: "same-origin" }).then(function (answer) {
      return answer.redirected ? "" : answer.text();
    }).then(function (page) {
      var found = new DOMParser().parseFromString(page, "text/html").querySelector("form[data-autosave] [name=csrfmiddlewaretoken]");
      if (!found) return;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (field) { field.value = found.value; });
      stale = false;
      done();
    }).catch(function () { /* asked again at the next attempt */ });
  }
  window.addEventListener("online", function () { forms.forEach(save); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) forms.forEach(save); });

  /* Marks the controls according to their error messages. */
  function mark(form) {
    form.querySelectorAll(".invalid-feedback[id$=_error]").forEach(function (place) {
      var control = document.getElementById(place.id.replace(/_error$/, ""));
      if (!control || !control.matches("input, select, textarea")) return;
      var described = (control.getAttribute("aria-describedby") || "").split(" ").filter(function (id) { return id && id !== place.id; });
      if (place.hidden) control.removeAttribute("aria-invalid");
      else { control.setAttribute("aria-invalid", "true"); described.unshift(place.id); }
      if (described.length) control.setAttribute("aria-describedby", described.join(" ")); else control.removeAttribute("aria-describedby");
    });
    var summary = form.querySelector(".notice--bad[role=alert]");
    if (summary && !form.querySelector("[aria-invalid=true]")) summary.remove();
  }

  // Links and other forms wait until everything is saved; if that fails, the browser asks before leaving.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || link.target === "_blank") return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.hasAttribute("data-discard")) { leaving = true; return; }
    if (/^#/.test(link.getAttribute("href")) || !busyOrDirty()) return;
    event.preventDefault();
    flush(function (ok) {
      leaving = ok;
      if (samePage(link)) { window.location.hash = link.hash; window.location.reload(); } else window.location.href = link.href;
    });
  });
  function samePage(link) { return link.href.split("#")[0] === window.location.href.split("#")[0]; }
  function busyOrDirty() { return forms.some(function (each) { return states.get(each).busy || dirty(each); }); }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!forms.length || passing || event.defaultPrevented) return;
    var own = states.get(form), button = event.submitter;
    // Wait for the form's own answer first, because it brings the revision that the next request has to name.
    if (own ? !own.busy && !otherDirty(form) : !busyOrDirty()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    function go(ok) {
      leaving = ok || Boolean(own);
      passing = true;
      form.requestSubmit(button && button.isConnected ? button : undefined);
      passing = false;
    }
    if (own && own.busy) own.waiting.push(go); else flush(go);
  }, true);
  function otherDirty(form) { return forms.some(function (each) { return each !== form && (states.get(each).busy || dirty(each)); }); }

  window.addEventListener("beforeunload", function (event) {
    if (leaving || !anyDirty()) return;
    forms.forEach(save);
    event.preventDefault();
  });
  window.addEventListener("pageshow", function () { leaving = false; });

  // Ctrl+Enter and Alt+arrow press the button with that shortcut; a select keeps its own arrow keys.
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented) return;
    var name = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "") + event.key.toLowerCase();
    if (name !== "ctrl+enter" && event.target.closest && event.target.closest("select")) return;
    var button = document.querySelector('[data-shortcut="' + CSS.escape(name) + '"]');
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  });

  // Following the anchor to the step would take the focus away again.
  var wanted = document.querySelector("[data-focus-on-load]");
  if (wanted && window.location.hash) window.addEventListener("load", function () {
    window.setTimeout(function () { if (document.activeElement === document.body) wanted.focus(); }, 0);
  });
})();
