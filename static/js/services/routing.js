/* The routing screen: one tick box for all rows, and undo buttons that disappear after a minute. Without JavaScript each
   row is ticked separately, and the server refuses an undo that comes too late. */
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
      /* Move the focus before its element is removed. */
      var inside = undo.contains(document.activeElement), next = document.querySelector(".portal-page");
      undo.remove();
      if (inside && next) { next.tabIndex = -1; next.focus(); }
    }, Number(undo.dataset.undoSeconds) * 1000);
  }
})();
