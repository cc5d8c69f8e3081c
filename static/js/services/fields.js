/* Shows fields only for certain answers.
   <div data-show-if='{"jenis": ["Hilang", "Rusak"]}'>…</div> is shown while the field "jenis" has one of these answers.
   If several fields are named, all must match. Hidden fields are disabled, so they are neither sent nor required. A
   condition on a hidden field counts as not fulfilled.
   Without JavaScript everything is shown, and <… data-show-if-hint> inside says when to fill it in; it is removed here.
   A condition is a name with its accepted answers, {"filled": true} or {"filled": false} instead of answers, or a list of
   conditions under "any" or "all"; services/fields/show_if.py has the same rules, and both are tested together.
   data-show-if-prefix on the box or the form: prefix of the field names in the conditions. */
(function () {
  "use strict";
  var forms = new Set();

  // withParts: also the inputs "name.part" of a question with several inputs.
  function answersOf(form, name, withParts) {
    var out = [];
    Array.prototype.forEach.call(form.elements, function (el) {
      var isPart = withParts && el.type !== "search" && el.name.indexOf(name + ".") === 0;
      if ((el.name !== name && !isPart) || (el.disabled && el.hasAttribute("data-hidden-by-show-if"))) return;
      if (el.type === "radio" || el.type === "checkbox") { if (el.checked) out.push(el.value); }
      else if (el.multiple && el.options) { Array.prototype.forEach.call(el.selectedOptions, function (o) { out.push(o.value); }); }
      else out.push(el.value);
    });
    return out;
  }

  function isGroup(name, wanted) {
    return (name === "any" || name === "all") && Array.isArray(wanted) && wanted.every(function (each) { return each instanceof Object; });
  }

  function fits(form, condition, prefix) {
    return Object.keys(condition).every(function (name) {
      var wanted = condition[name];
      function part(each) { return fits(form, each, prefix); }
      if (isGroup(name, wanted)) return name === "any" ? wanted.some(part) : wanted.every(part);
      var asksFilled = wanted instanceof Object && !Array.isArray(wanted);
      var answers = answersOf(form, prefix + name, asksFilled).filter(function (answer) { return answer.trim() !== ""; });
      if (asksFilled) return (answers.length > 0) === wanted.filled;
      return [].concat(wanted).some(function (each) { return answers.indexOf(String(each)) !== -1; });
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
        var prefix = box.dataset.showIfPrefix === undefined ? form.dataset.showIfPrefix || "" : box.dataset.showIfPrefix;
        var shown = fits(form, JSON.parse(box.dataset.showIf), prefix);
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
