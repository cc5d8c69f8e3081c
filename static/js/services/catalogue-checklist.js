/* Remembers the ticks of a service's checklist on this device only (localStorage holds the ids of requirements, nothing
   that was typed). Without this file or without storage the boxes can still be ticked. */
(function () {
  "use strict";
  var list = document.querySelector("[data-checklist]");
  if (!list) return;
  var name = "checklist:" + list.dataset.checklist;
  var boxes = Array.prototype.slice.call(list.querySelectorAll("[data-check]"));
  var counts = document.querySelectorAll("[data-checklist-count]");
  var clear = document.querySelector("[data-checklist-clear]");

  function read() {
    try { return JSON.parse(localStorage.getItem(name)) || []; } catch (error) { return []; }
  }

  function store() {
    var ticked = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.dataset.check; });
    try {
      if (ticked.length) localStorage.setItem(name, JSON.stringify(ticked)); else localStorage.removeItem(name);
    } catch (error) { /* private window, or storage full: the ticks last as long as the page */ }
    showCount(ticked.length);
  }

  function showCount(ticked) {
    counts.forEach(function (count) {
      count.textContent = ticked ? count.dataset.checklistCount.replace("%n", ticked).replace("%all", boxes.length) : "";
    });
    clear.hidden = !ticked;
  }

  var stored = read();
  if (Array.isArray(stored)) boxes.forEach(function (box) { if (stored.indexOf(box.dataset.check) >= 0) box.checked = true; });
  showCount(boxes.filter(function (box) { return box.checked; }).length);
  list.addEventListener("change", store);
  clear.addEventListener("click", function () {
    boxes.forEach(function (box) { box.checked = false; });
    store();
    boxes[0].focus();
  });
  try {
    localStorage.getItem(name);
    document.querySelector("[data-checklist-stored]").hidden = false;
  } catch (error) { /* no storage: the note that ticks are stored stays hidden */ }
})();
