/* Conveniences on every page. Everything works without this file. */
(function () {
  "use strict";

  // A second tap must not send a form twice. The server also guards against it with an idempotency key.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.hasAttribute("data-allow-resubmit")) return;
    if (form.dataset.sent === "1") { event.preventDefault(); return; }
    if ((form.getAttribute("method") || "get").toLowerCase() !== "post" || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "1";
    // Disable the button only after the browser has collected the fields, or its own name and value would be lost.
    window.setTimeout(function () {
      buttonsOf(form).forEach(function (button) {
        button.disabled = true;
        if (button === event.submitter) button.setAttribute("data-busy", "");
      });
    }, 0);
    // A download or a mailto link does not leave the page, so the form becomes usable again.
    window.setTimeout(function () { release(form); }, form.hasAttribute("data-download") ? 2500 : 20000);
  });

  // The browser's history shows the page as it was left: enable the buttons again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });

  function buttonsOf(form) {
    return Array.prototype.filter.call(form.elements, function (el) { return el.type === "submit"; });
  }

  function release(form) {
    delete form.dataset.sent;
    buttonsOf(form).forEach(function (button) { button.disabled = false; button.removeAttribute("data-busy"); });
  }

  // data-confirm="Question?" on a form, a button or a link.
  document.addEventListener("click", function (event) {
    var asked = event.target.closest("a[data-confirm], button[data-confirm]");
    if (asked && !window.confirm(asked.dataset.confirm)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("submit", function (event) {
    var question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  // data-print: a print button, shown only with JavaScript.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // data-wide on details: open where there is room, and on paper.
  function unfold() { document.querySelectorAll("details[data-wide]").forEach(function (each) { each.open = true; }); }
  if (window.matchMedia("(min-width: 768px)").matches) unfold();
  window.addEventListener("beforeprint", unfold);

  // data-copy="text": copies a code. data-copied holds the confirmation that is then shown.
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        if (button.dataset.copied) button.lastChild.textContent = button.dataset.copied;
      });
    });
  });

  // data-autosubmit on a select or radio, or on a whole form: a change submits the form.
  document.addEventListener("change", function (event) {
    if (event.target.form && event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  // Keyboard shortcuts of staff pages: data-key="n" presses or focuses the element, never while typing.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    var target = document.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!target || target.disabled) return;
    event.preventDefault();
    if (target.matches("input, select, textarea")) target.focus(); else target.click();
  });

  // Focus the error summary, so that it is read out first, or else the first invalid field.
  var first = document.querySelector("[data-focus-on-load]") || document.querySelector(".is-invalid");
  if (first) {
    first.focus();
    // Describe the field by its error message.
    var place = first.closest(".mb-3");
    if (place && place.contains(document.activeElement)) place.scrollIntoView({ block: "nearest" });
  }

  // An open menu closes with Escape.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.site-menu[open], details.rail-menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
})();
