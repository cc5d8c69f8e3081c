/* The routing screen: one tick box for all rows. Without JavaScript each row is ticked by itself. */
(function () {
  "use strict";
  var all = document.querySelector("[data-choose-all]");
  if (!all) return;
  all.closest("label").hidden = false;
  all.addEventListener("change", function () {
    document.querySelectorAll('input[name="chosen"]:not(:disabled)').forEach(function (box) { box.checked = all.checked; });
  });
})();
