/* A flowchart wider than its place: fits or enlarges it, and marks the edges behind which there is more.
   Without this script it scrolls at its own size. */
(function () {
  "use strict";

  function prepare(sheet) {
    var frame = sheet.querySelector(".sop-frame"), table = frame.querySelector("table"), hold = frame.parentNode;
    var sizes = sheet.querySelector(".flow-sheet__sizes"), size = "";

    function choose(chosen) {
      size = chosen;
      sizes.querySelectorAll("[data-size]").forEach(function (each) {
        each.setAttribute("aria-pressed", String(each.dataset.size === chosen));
      });
    }

    function mark() {
      hold.classList.toggle("has-more", frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 1);
      hold.classList.toggle("is-scrolled", frame.scrollLeft > 0);
    }

    function apply() {
      if (!frame.clientWidth) return;
      table.style.zoom = 1;
      var needs = frame.scrollWidth;
      // What is a little too wide stays legible when it fits.
      if (!size) choose(needs > frame.clientWidth && needs <= frame.clientWidth * 1.3 ? "fit" : "1");
      sizes.hidden = size === "1" && needs <= frame.clientWidth;
      table.style.zoom = size === "fit" ? Math.min(1, frame.clientWidth / needs) : Number(size);
      mark();
    }

    sizes.addEventListener("click", function (event) {
      var button = event.target.closest("[data-size]");
      if (!button) return;
      choose(button.dataset.size);
      apply();
    });
    frame.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(apply).observe(frame);
  }

  document.querySelectorAll(".flow-sheet").forEach(prepare);
})();
