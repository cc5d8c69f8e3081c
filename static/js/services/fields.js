/* Shows fields only for certain answers.
   <div data-show-if='{"jenis": ["Hilang", "Rusak"]}'>…</div> is shown while the field "jenis" has one of these answers.
   If several fields are named, all must match. Hidden fields are disabled, so they are neither sent nor required. A
   condition on a hidden field counts as not fulfilled.
   Without JavaScript everything is shown, and <… data-show-if-hint> inside says when to fill it in; it is removed here.
   data-show-if-prefix on the form: prefix of the field names in the conditions. */
(function () {
  "use strict";
  var forms = new Set();

  function answersOf(form, name) {
    var out = [];
    Array.prototype.forEach.call(form.elements, function (el) {
      if (el.name !== name || (el.disabled && el.hasAttribute("data-hidden-by-show-if"))) return;
      if (el.type === "radio" || el.type === "checkbox") { if (el.checked) out.push(el.value); }
      else if (el.multiple && el.options) { Array.prototype.forEach.call(el.selectedOptions, function (o) { out.push(o.value); }); }
      else out.push(el.value);
    });
    return out;
  }

  function fits(form, condition) {
    var prefix = form.dataset.showIfPrefix || "";
    return Object.keys(condition).every(function (name) {
      var answers = answersOf(form, prefix + name);
      return [].concat(condition[name]).some(function (wanted) { return answers.indexOf(String(wanted)) !== -1; });
    });
  }

  function setShown(box, shown) {
    box.hidden = !shown;
    box.querySelectorAll("input, select, textarea, button").forEach(function (el) {
      var nearest = el.closest("[data-show-if][hidden]");
      if (nearest) {
        if (!el.disabled) { el.disabled = true; el.setAttribute("data-hidden-by-show-if", ""); }
      } else if (el.hasAttribute("data-hidden-by-show-if")) {
        el.disabled = false; el.removeAttribute("data-hidden-by-show-if");
      }
    });
  }

  function apply(form) {
    // A hidden field can hide another one, so repeat until nothing changes, at most once for each box.
    var boxes = form.querySelectorAll("[data-show-if]");
    for (var round = 0; round <= boxes.length; round++) {
      var changed = false;
      boxes.forEach(function (box) {
        var shown = fits(form, JSON.parse(box.dataset.showIf));
        if (shown === box.hidden) { setShown(box, shown); changed = true; }
      });
      if (!changed) return;
    }
  }

  function start(root) {
    root.querySelectorAll("[data-show-if]").forEach(function (box) {
      box.querySelectorAll("[data-show-if-hint]").forEach(function (hint) { hint.remove(); });
      var form = box.closest("form");
      if (form) forms.add(form);
    });
    forms.forEach(function (form) { if (form.isConnected) apply(form); else forms.delete(form); });
  }

  document.addEventListener("change", function (event) {
    if (event.target.form && forms.has(event.target.form)) apply(event.target.form);
  });
  document.addEventListener("input", function (event) { if (event.target.form && forms.has(event.target.form)) apply(event.target.form); });
  document.addEventListener("htmx:afterSettle", function () { start(document); });
  document.addEventListener("portal:replaced", function () { start(document); });
  start(document);
})();
