/* Conveniences of the case page: Ctrl+Enter, rotating and zooming documents, prepared phrases, names after an @. */
(function () {
  "use strict";

  // Ctrl+Enter submits the form that has the focus, else the open step. For a decision it only focuses the answers.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    var inside = event.target.closest("form");
    var form = inside || document.querySelector(".case-step form[data-ctrl-enter]");
    if (form && !form.hasAttribute("data-ctrl-enter")) form = null;
    if (!form) return;
    event.preventDefault();
    var button = Array.prototype.find.call(form.elements, function (each) { return each.type === "submit"; });
    // A click rather than a submit, so that a button with a confirmation still asks.
    if (form.dataset.ctrlEnter === "choose") button.focus();
    else button.click();
  });

  // Error answers (an invalid field, somebody else was faster) are shown in place; a page without this part is opened as
  // a whole.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var answer = event.detail.xhr;
    if ([403, 409, 422].indexOf(answer.status) >= 0) { event.detail.shouldSwap = true; event.detail.isError = false; }
    if (event.detail.target.id !== "kanan" && event.detail.target.id !== "bagan") return;
    if (answer.status === 409 || answer.status === 403) {
      event.detail.target = document.querySelector("main");
      event.detail.selectOverride = "main";
      event.detail.swapOverride = "outerHTML show:window:top";
    } else if (event.detail.shouldSwap && answer.responseText.indexOf('id="' + event.detail.target.id + '"') < 0) {
      event.detail.shouldSwap = false;
      window.location.assign(answer.responseURL);
    }
  });

  // Documents: zoom and rotation, retained from one to the next.
  var SIZES = [1, 1.4, 2, 3];
  var view = { size: 0, turn: 0 };

  function show(viewer) {
    viewer.querySelectorAll(".viewer__sheet").forEach(function (sheet) {
      var picture = sheet.querySelector("img");
      var wide = picture.naturalWidth || Number(picture.getAttribute("width"));
      var high = picture.naturalHeight || Number(picture.getAttribute("height"));
      var side = view.turn % 180 !== 0;
      sheet.classList.toggle("is-turned", view.turn !== 0);
      sheet.style.width = 100 * SIZES[view.size] + "%";
      sheet.style.aspectRatio = wide && high ? (side ? high + " / " + wide : wide + " / " + high) : "";
      picture.style.width = side && wide && high ? 100 * wide / high + "%" : "";
      picture.style.transform = view.turn ? "translate(-50%, -50%) rotate(" + view.turn + "deg)" : "";
    });
    button(viewer, "out").disabled = view.size === 0;
    button(viewer, "in").disabled = view.size === SIZES.length - 1;
  }

  function button(viewer, name) { return viewer.querySelector('[data-view="' + name + '"]'); }

  function begin(viewer) {
    view.turn = 0;
    viewer.querySelectorAll("[data-view]").forEach(function (each) { each.hidden = false; });
    viewer.querySelectorAll("img").forEach(function (picture) { picture.addEventListener("load", function () { show(viewer); }); });
    show(viewer);
  }

  // Keep the centre of the frame in place; otherwise a zoomed document shows an empty corner once it is rotated.
  function turn(viewer) {
    var frame = viewer.querySelector(".viewer__frame");
    var box = frame.getBoundingClientRect();
    var x = box.left + box.width / 2, y = box.top + box.height / 2;
    var sheet = Array.prototype.find.call(frame.querySelectorAll(".viewer__sheet"), function (each) {
      return each.getBoundingClientRect().bottom > y;
    });
    var before = sheet && sheet.getBoundingClientRect();
    view.turn = (view.turn + 90) % 360;
    show(viewer);
    if (!sheet) return;
    var after = sheet.getBoundingClientRect();
    frame.scrollLeft += after.left + after.width * (1 - (y - before.top) / before.height) - x;
    frame.scrollTop += after.top + after.height * (x - before.left) / before.width - y;
  }

  document.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-view]");
    var viewer = pressed && pressed.closest("[data-viewer]");
    if (!viewer) return;
    if (pressed.dataset.view === "in") view.size = Math.min(view.size + 1, SIZES.length - 1);
    if (pressed.dataset.view === "out") view.size = Math.max(view.size - 1, 0);
    if (pressed.dataset.view === "turn") turn(viewer); else show(viewer);
  });

  // A prepared phrase is appended to what is already written.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-words]");
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    var field = link.closest("form").querySelector("textarea");
    field.value = field.value.trim() ? field.value.trimEnd() + "\n\n" + link.dataset.words : link.dataset.words;
    field.focus();
  }, true);

  // Names after an @: a list below the field, to choose from with the arrow keys and Enter, or by tapping.
  function names(form) {
    var field = form.querySelector("textarea");
    var people = Array.prototype.map.call(form.querySelectorAll("[name=mentions]"), function (box) {
      var label = form.querySelector('label[for="' + box.id + '"]');
      return { box: box, name: label ? label.textContent.trim() : "" };
    });
    if (!field || !people.length) return;
    var list = document.createElement("ul");
    list.className = "plain names";
    list.id = field.id + "-names";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.form.dataset.mentions || "@");
    list.hidden = true;
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");

    function begun() {
      var before = field.value.slice(0, field.selectionStart);
      var found = /(?:^|\s)@([^@\n]{0,40})$/.exec(before);
      return found ? found[1] : null;
    }
    function close() { list.hidden = true; field.removeAttribute("aria-activedescendant"); }
    function choose(option) {
      var at = field.selectionStart - begun().length;
      var rest = field.value.slice(field.selectionStart);
      field.value = field.value.slice(0, at) + option.textContent + " " + rest;
      field.selectionStart = field.selectionEnd = at + option.textContent.length + 1;
      people[option.dataset.number].box.checked = true;
      close();
      field.focus();
    }
    function mark(option) {
      list.querySelectorAll("[aria-selected=true]").forEach(function (each) { each.setAttribute("aria-selected", "false"); });
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    }
    field.addEventListener("input", function () {
      var word = begun();
      list.textContent = "";
      if (word === null) { close(); return; }
      people.forEach(function (person, number) {
        if (list.children.length > 7 || person.name.toLowerCase().indexOf(word.toLowerCase()) < 0) return;
        var option = document.createElement("li");
        option.id = list.id + "-" + number;
        option.dataset.number = number;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = person.name;
        list.append(option);
      });
      list.hidden = !list.children.length;
      if (!list.hidden) mark(list.firstChild);
    });
    field.addEventListener("keydown", function (event) {
      if (list.hidden) return;
      var now = list.querySelector("[aria-selected=true]");
      var next = { ArrowDown: now.nextSibling || list.firstChild, ArrowUp: now.previousSibling || list.lastChild }[event.key];
      if (next) mark(next);
      else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(now);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    list.addEventListener("pointerdown", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); choose(option); }
    });
    field.addEventListener("blur", close);
  }

  function once(root, selector, prepared) {
    root.querySelectorAll(selector + ":not([data-ready])").forEach(function (each) {
      each.dataset.ready = "1";
      prepared(each);
    });
  }

  function prepare(root) {
    once(root, "[data-viewer]", begin);
    once(root, "form[data-mentions]", names);
  }
  prepare(document);
  document.addEventListener("htmx:historyRestore", function () { prepare(document); });
  document.addEventListener("htmx:afterSettle", function (event) {
    prepare(event.detail.target.isConnected ? event.detail.target : document.querySelector("main"));
  });
})();
