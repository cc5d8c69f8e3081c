/* Conveniences of the form editor, which works without this file: dragging fields, and another select for a condition. */
(function () {
  "use strict";
  var outline = document.querySelector("[data-outline]");
  var order = document.querySelector("form[data-order]");

  // Add another select as soon as the last one of a group is used.
  document.querySelectorAll("[data-slots]").forEach(function (slots) {
    slots.addEventListener("change", function () {
      var last = slots.lastElementChild;
      if (!last.value) return;
      var next = last.cloneNode(true);
      next.value = "";
      next.setAttribute("aria-label", next.dataset.label + " " + (slots.children.length + 1));
      slots.appendChild(next);
    });
  });

  // Show in the preview what was just saved.
  var preview = document.querySelector("[data-live-preview]");
  if (preview) document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.xhr && event.detail.xhr.status === 200 && preview.closest("details").open) preview.contentWindow.location.reload();
  });

  if (!outline || !order) return;
  var dragged = null;

  function unmark() {
    outline.querySelectorAll(".is-target").forEach(function (each) { each.classList.remove("is-target"); });
  }

  function target(event) {
    return event.target.closest("[data-field]") || event.target.closest("[data-lines]") ||
      (event.target.closest("[data-page]") || outline).querySelector("[data-lines]");
  }

  outline.querySelectorAll("[data-field]").forEach(function (line) {
    line.draggable = true;
    line.addEventListener("dragstart", function (event) {
      dragged = line;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", line.dataset.field);
    });
    line.addEventListener("dragend", function () { dragged = null; unmark(); });
  });
  outline.addEventListener("dragover", function (event) {
    if (!dragged) return;
    event.preventDefault();
    unmark();
    target(event).classList.add("is-target");
  });
  outline.addEventListener("drop", function (event) {
    if (!dragged) return;
    event.preventDefault();
    var place = target(event);
    if (place === dragged) return;
    order.elements.field.value = dragged.dataset.field;
    order.elements.page.value = place.closest("[data-page]").dataset.page;
    order.elements.before.value = place.dataset.field || "";
    order.requestSubmit();
  });

  // Bring the open field's line into sight within the list, without moving the page.
  var open = outline.querySelector(".form-line.is-open");
  if (open && outline.scrollHeight > outline.clientHeight) outline.scrollTop = open.offsetTop - outline.clientHeight / 3;
})();
