/* Repeatable groups and school searches in forms, without loading the page again. Without this script their buttons send
   the form, and the server does the same.
   <div data-rows="group" data-most="10"> … <fieldset data-row>…</fieldset> <template>a blank row</template> … </div>
   <div data-school-search="address" data-field="name"> … <div data-school-results> … </div> */
(function () {
  "use strict";
  var NUMBERED = ["name", "id", "for", "value", "aria-describedby", "aria-labelledby", "list", "data-show-if", "data-show-if-prefix"];

  function rowsOf(box) { return Array.prototype.slice.call(box.querySelectorAll(":scope > [data-row]")); }

  // Names, addresses and the heading of each row follow its place.
  function renumber(box) {
    var group = box.dataset.rows, place = new RegExp("(^|[\\s_\"])(" + group + ")\\.(\\d+|__row__)(?=\\.)", "g");
    rowsOf(box).forEach(function (row, index) {
      row.querySelectorAll("*").forEach(function (el) {
        NUMBERED.forEach(function (name) {
          if (name === "value" && el.tagName !== "BUTTON") return;
          var text = el.getAttribute(name);
          if (text && text.indexOf(group + ".") !== -1) el.setAttribute(name, text.replace(place, "$1$2." + index));
        });
      });
      row.querySelectorAll("legend.row-card__title, .visually-hidden").forEach(function (title) {
        title.textContent = title.textContent.replace(/(\d+|__row__)\s*$/, String(index + 1));
      });
    });
    var add = box.querySelector(":scope > [name=act]");
    if (add) add.disabled = rowsOf(box).length >= Number(box.dataset.most);
  }

  function blank(box) { return box.querySelector(":scope > template").content.querySelector("[data-row]").cloneNode(true); }

  // Radio buttons of one name exclude each other, so a copy gets its values only after it has its own names.
  function valuesOf(row) {
    return Array.prototype.map.call(row.querySelectorAll("input, select, textarea"), function (el) { return [el.value, el.checked]; });
  }

  function setValues(row, values) {
    row.querySelectorAll("input, select, textarea").forEach(function (el, index) {
      if (el.type === "radio" || el.type === "checkbox") el.checked = values[index][1];
      else el.value = values[index][0];
    });
  }

  function perform(box, row, act) {
    var rows = rowsOf(box), focus = row, all = rows.map(valuesOf);
    if (act === "add") { focus = blank(box); box.insertBefore(focus, box.querySelector(":scope > template")); rows.push(focus); }
    var at = rows.indexOf(row);
    if (act === "copy") {
      if (rows.length >= Number(box.dataset.most)) return;
      focus = row.cloneNode(true);
      row.after(focus);
      rows.splice(at + 1, 0, focus);
      all.splice(at + 1, 0, all[at]);
    }
    if (act === "up" && at > 0) { rows[at - 1].before(row); swap(rows, at - 1); swap(all, at - 1); }
    if (act === "down" && at < rows.length - 1) { rows[at + 1].after(row); swap(rows, at); swap(all, at); }
    if (act === "remove") {
      row.remove();
      rows.splice(at, 1);
      all.splice(at, 1);
      focus = rows[Math.min(at, rows.length - 1)];
      if (!focus) { perform(box, null, "add"); return; }
    }
    renumber(box);
    rows.forEach(function (each, index) { if (all[index]) setValues(each, all[index]); });
    document.dispatchEvent(new Event("portal:replaced"));
    box.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
    var first = focus.querySelector(act === "add" || act === "copy" ? "input, select, textarea" : "[name=act]");
    if (first) first.focus();
  }

  function swap(list, at) { list.splice(at, 2, list[at + 1], list[at]); }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-rows] [name=act]");
    if (!button) return;
    event.preventDefault();
    perform(button.closest("[data-rows]"), button.closest("[data-row]"), button.value.split(".").pop());
  });

  function search(box) {
    var text = box.querySelector("input[type=search]").value, results = box.querySelector("[data-school-results]");
    if (box.searched === text) return;
    box.searched = text;
    fetch(box.dataset.schoolSearch + "?" + new URLSearchParams({ q: text, field: box.dataset.field })).then(function (answer) {
      return answer.text().then(function (html) {
        if (box.searched !== text) return;
        if (answer.ok) results.innerHTML = html; else results.textContent = html;
      });
    }).catch(function () { box.searched = null; });
  }

  document.addEventListener("input", function (event) {
    var box = event.target.type === "search" && event.target.closest("[data-school-search]");
    if (!box) return;
    clearTimeout(box.waiting);
    box.waiting = setTimeout(function () { if (event.target.value.trim().length > 2) search(box); }, 300);
  });

  document.addEventListener("click", function (event) {
    var box = event.target.closest("[data-school-search] [name=act]") && event.target.closest("[data-school-search]");
    if (!box) return;
    event.preventDefault();
    box.searched = null;
    search(box);
  });

  document.addEventListener("keydown", function (event) {
    var box = event.key === "Enter" && event.target.type === "search" && event.target.closest("[data-school-search]");
    if (!box) return;
    event.preventDefault();
    box.searched = null;
    search(box);
  });

  document.querySelectorAll("[data-rows]").forEach(renumber);
})();
