/* The routing screen: one tick box for all rows; what can be undone goes when its minute is over. Without JavaScript
   each row is ticked by itself, and the server says when it is too late. */
(function () {
  "use strict";
  var all = document.querySelector("[data-choose-all]");
  if (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", function () {
      document.querySelectorAll('input[name="chosen"]').forEach(function (box) { box.checked = all.checked; });
    });
  }
  var undo = document.querySelector("[data-undo-seconds]");
  if (undo) {
    setTimeout(function () {
      /* Whoever has the focus inside keeps a place to go on from. */
      var inside = undo.contains(document.activeElement), next = document.querySelector(".portal-page");
      undo.remove();
      if (inside && next) { next.tabIndex = -1; next.focus(); }
    }, Number(undo.dataset.undoSeconds) * 1000);
  }
})();
