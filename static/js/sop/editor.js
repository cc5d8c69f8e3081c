/* Conveniences of the SOP editor, which works without this file; its forms are saved by js/autosave.js. */
(function () {
  "use strict";
  // Add another actor field as soon as the last one is used.
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

  /* When a process becomes a decision, its next step becomes the first branch, and vice versa. What the new shape cannot
     hold is announced and can be undone; once saved, it is lost when the page is reloaded. */
  (function () {
    var radios = document.querySelectorAll("input[name=shape]"), place = document.querySelector("[data-dropped]");
    var exits = ["next_id", "if_yes_id", "if_no_id"].map(function (name) { return document.getElementById("id_" + name); });
    if (!radios.length || !place || exits.indexOf(null) >= 0) return;
    var next = exits[0], yes = exits[1], no = exits[2], before;
    function shape() { return document.querySelector("input[name=shape]:checked"); }
    function used(kind) { return kind === "decision" ? [yes, no] : kind === "end" ? [] : [next]; }
    function words(exit) {
      var option = exit.selectedOptions[0], label = document.getElementById(exit === yes ? "id_yes_label" : "id_no_label");
      var pattern = exit === next ? place.dataset.way : place.dataset.branch;
      var no = (/\d+/.exec(option.textContent) || [""])[0];
      return pattern.replace("%label%", label.value.trim() || label.placeholder).replace("%no%", no);
    }
    function change(radio) {
      var kind = radio.value, held = before.value, lost = used(held).filter(function (exit) { return exit.value; });
      var undo = { radio: before, values: exits.map(function (exit) { return exit.value; }) };
      // Announce it while the selects still hold the previous choice.
      var said = lost.map(function (exit) { return { to: exit.value, words: words(exit) }; });
      if (kind === "decision" && held !== "end" && next.value) yes.value = next.value;
      if ((kind === "process" || kind === "start") && held === "decision") next.value = yes.value || no.value;
      var kept = used(kind).map(function (exit) { return exit.value; });
      said = said.filter(function (each) { return kept.indexOf(each.to) < 0; });
      place.hidden = !said.length;
      place.querySelector("p").textContent = said.map(function (each) { return each.words; }).join(" ");
      if (said.length) place.querySelector("button").onclick = function () {
        exits.forEach(function (exit, n) { exit.value = undo.values[n]; });
        undo.radio.checked = true;
        before = undo.radio;
        place.hidden = true;
        undo.radio.focus();
        undo.radio.dispatchEvent(new Event("change", { bubbles: true }));
      };
      before = radio;
    }
    before = shape() || radios[0];
    radios.forEach(function (radio) {
      radio.addEventListener("change", function () { if (radio !== before) change(radio); });
    });
  })();

  var tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.scrollIntoView({ block: "nearest", inline: "center" });

  // Scroll to the row of the open step without moving the page.
  function showOpenRow() {
    var frame = document.getElementById("pratinjau"), row = frame && frame.querySelector("tr.is-open");
    if (!row) return;
    var top = row.offsetTop - frame.clientHeight / 3;
    var above = row.offsetTop < frame.scrollTop + 60;
    var below = row.offsetTop + row.offsetHeight > frame.scrollTop + frame.clientHeight;
    if (above || below) frame.scrollTop = top;
  }
  showOpenRow();
  document.addEventListener("htmx:oobAfterSwap", function (event) { if (event.detail.target.id === "pratinjau") showOpenRow(); });
})();
