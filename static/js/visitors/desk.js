/* The front desk: selects that are searched by typing, a search that needs no mouse, the side sheet, minutes that pass.
   Without this file every field is an ordinary one. */
(function () {
  "use strict";

  // ---------- Combobox: <div data-combobox> around a label, a select and optional chips ----------
  function plain(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

  // Every typed word begins a word of the label; labels that begin with the text come first.
  function matching(options, typed) {
    var wanted = plain(typed).split(/\s+/).filter(Boolean);
    var found = options.filter(function (option) {
      var words = plain(option.label).split(/[^a-z0-9]+/);
      return wanted.every(function (part) { return words.some(function (word) { return word.indexOf(part) === 0; }); });
    });
    var start = wanted.join(" ");
    return found.sort(function (a, b) { return (plain(b.label).indexOf(start) === 0) - (plain(a.label).indexOf(start) === 0); });
  }

  function combobox(box, number) {
    var select = box.querySelector("select"), label = box.querySelector("label");
    var chips = box.querySelectorAll("[data-value]");
    var options = Array.prototype.filter.call(select.options, function (option) { return option.value; });
    var input = document.createElement("input"), list = document.createElement("ul"), none = document.createElement("p");
    var active = -1, shown = [];
    var hadFocus = document.activeElement === select || select.autofocus || select.classList.contains("is-invalid");

    input.id = select.id + "_ketik";
    input.type = "text";
    input.className = "form-control combobox__input" + (select.classList.contains("is-invalid") ? " is-invalid" : "");
    input.autocomplete = "off";
    input.placeholder = select.options[0].text;
    list.id = "pilihan-" + number;
    list.className = "combobox__list";
    none.className = "combobox__none";
    none.setAttribute("role", "status");
    var described = select.getAttribute("aria-describedby");
    if (described) input.setAttribute("aria-describedby", described);
    set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });
    set(list, { role: "listbox", "aria-label": label.textContent.trim() });
    list.hidden = none.hidden = true;
    label.htmlFor = input.id;
    select.hidden = true;
    select.after(input, list, none);

    function set(element, values) { Object.keys(values).forEach(function (name) { element.setAttribute(name, values[name]); }); }

    function mark(place) {
      active = shown.length ? (place + shown.length) % shown.length : -1;
      Array.prototype.forEach.call(list.children, function (item, n) { item.setAttribute("aria-selected", String(n === active)); });
      if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
      input.setAttribute("aria-activedescendant", list.children[active].id);
      list.children[active].scrollIntoView({ block: "nearest" });
    }

    function open(typed) {
      shown = typed ? matching(options, typed) : options;
      list.replaceChildren.apply(list, shown.map(function (option, n) {
        var item = document.createElement("li");
        item.id = list.id + "-" + n;
        item.textContent = option.label;
        item.setAttribute("role", "option");
        return item;
      }));
      list.hidden = !shown.length;
      none.hidden = Boolean(shown.length);
      none.textContent = none.hidden ? "" : box.dataset.none.replace("%typed", typed);
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(0);
    }

    function close() {
      list.hidden = none.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function show() {
      var chosen = select.selectedOptions[0];
      input.value = chosen && chosen.value ? chosen.label : "";
      box.classList.toggle("is-chosen", Boolean(input.value));
      chips.forEach(function (chip) { chip.setAttribute("aria-pressed", String(chip.dataset.value === select.value)); });
    }

    function choose(value) {
      select.value = value;
      show();
      close();
      input.classList.remove("is-invalid");
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    input.addEventListener("input", function () {
      select.value = "";
      box.classList.remove("is-chosen");
      open(input.value.trim());
    });
    input.addEventListener("click", function () { if (list.hidden) { input.select(); open(""); } });
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open(""); else mark(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        choose(shown[active].value);
      } else if (event.key === "Escape" && !(list.hidden && none.hidden)) {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
    });
    input.addEventListener("blur", function () {
      if (!list.hidden && input.value.trim() && !select.value && active >= 0) choose(shown[active].value);
      close();
    });
    list.addEventListener("mousedown", function (event) {
      event.preventDefault();
      var item = event.target.closest("li");
      if (item) choose(shown[Array.prototype.indexOf.call(list.children, item)].value);
    });
    chips.forEach(function (chip) {
      chip.addEventListener("click", function () { choose(chip.dataset.value); input.focus(); });
    });
    if (chips.length) chips[0].parentNode.hidden = false;
    show();
    // The style page shows the states that only typing brings about.
    if (box.dataset.typed) { input.value = box.dataset.typed; open(input.value); }
    if (hadFocus && !document.querySelector(".is-invalid:focus")) input.focus();
  }

  document.querySelectorAll("[data-combobox]").forEach(combobox);

  // ---------- Search: the only visitor found is chosen, and who is new has been typed already ----------
  var results = document.getElementById("hasil-cari"), search = document.getElementById("cari");
  if (results && search) {
    document.addEventListener("htmx:afterSwap", function (event) {
      if (event.target !== results) return;
      var only = results.querySelector("[data-only]"), fresh = results.querySelector("[data-new]");
      if (only) only.click();
      else if (fresh) takeOver(fresh.dataset.new, fresh.dataset.typed);
    });
    search.addEventListener("keydown", function (event) {
      var first = results.querySelector("button, a.btn:not([data-found-close])");
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
    });
    document.querySelector(".desk-search").addEventListener("keydown", function (event) {
      if (event.key === "Escape" && results.childElementCount) { event.preventDefault(); forget(); }
    });
    results.addEventListener("click", function (event) {
      if (event.target.closest("[data-found-close]")) { event.preventDefault(); forget(); }
    });
  }
  // Results must not cover the form once somebody works in it; their buttons are not inside it.
  var form = document.getElementById("tamu");
  if (form && results) {
    form.addEventListener("focusin", function () { if (!results.querySelector(".notice")) results.replaceChildren(); });
  }
  function forget() { results.replaceChildren(); search.focus(); search.select(); }
  function takeOver(kind, typed) {
    var name = form.elements.name, phone = form.elements.phone;
    if (!name || !phone) return;
    if (kind === "phone") { phone.value = typed; name.focus(); } else { name.value = typed; phone.focus(); }
  }

  // ---------- Side sheet: a <details> that also closes by Escape, its own button, or a click beside it ----------
  document.querySelectorAll("[data-sheet]").forEach(function (sheet) {
    var close = sheet.querySelector("[data-sheet-close]"), summary = sheet.querySelector("summary");
    close.hidden = false;
    function shut() { sheet.open = false; summary.focus(); }
    close.addEventListener("click", shut);
    sheet.addEventListener("keydown", function (event) { if (event.key === "Escape" && sheet.open) shut(); });
    sheet.addEventListener("toggle", function () {
      var first = sheet.querySelector(".is-invalid") || sheet.querySelector("input");
      if (sheet.open && first) first.focus();
    });
    document.addEventListener("mousedown", function (event) {
      if (sheet.open && !sheet.contains(event.target)) sheet.open = false;
    });
  });

  // ---------- Minutes since a time of the server, whose clock counts ----------
  var desk = document.querySelector("[data-now]"), ahead = desk ? desk.dataset.now - Date.now() / 1000 : 0;
  function tick() {
    var now = Date.now() / 1000 + ahead;
    document.querySelectorAll("time[data-since]").forEach(function (place) {
      if (!place.title) place.title = place.textContent;
      place.textContent = Math.max(0, Math.floor((now - place.dataset.since) / 60)) + " mnt";
    });
  }
  tick();
  window.setInterval(tick, 30000);
  document.addEventListener("portal:refreshed", tick);
})();
