/* Comforts of the case page: Ctrl+Enter in a form marked data-ctrl-enter sends it. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    var inside = event.target.closest("form");
    var form = inside || document.querySelector(".panel--accent form[data-ctrl-enter]");
    if (!form || !form.hasAttribute("data-ctrl-enter")) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
