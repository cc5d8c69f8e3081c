/* Runs before a page's own scripts, records where each press would lead and prevents the navigation.
   window.pressAll() presses every visible control that was not pressed before, on this page or as its like on another,
   and reports for each: name, tag, to (addresses with post, asked, changed), effect (any other visible effect), covered
   (the element over it). */
(function () {
  "use strict";
  var log = [], pressing = false;

  function hear(url, post, asked) { if (pressing) log.push({ url: new URL(url, location.href).href, post: post, asked: asked }); }
  function effect(what) { return function () { if (pressing) log.push({ effect: what }); return Promise.resolve(); }; }

  navigation.addEventListener("navigate", function (event) {
    if (!pressing) return;
    hear(event.destination.url, event.formData !== null, false);
    if (event.cancelable) event.preventDefault();
  });
  // Background requests of the page are intercepted too.
  XMLHttpRequest.prototype.open = function (method, url) { this.pressed = [url, method.toUpperCase() !== "GET", true]; };
  XMLHttpRequest.prototype.setRequestHeader = XMLHttpRequest.prototype.overrideMimeType = function () {};
  XMLHttpRequest.prototype.send = function () { hear.apply(null, this.pressed); };
  window.fetch = function (url, options) {
    hear(url.url || url, ((options || {}).method || "GET").toUpperCase() !== "GET", true);
    return new Promise(function () {});
  };
  window.EventSource = function () { this.addEventListener = this.close = function () {}; };
  window.print = effect("print");
  // The admin panel's "no, back" button navigates in a way that cannot be prevented.
  History.prototype.back = History.prototype.forward = History.prototype.go = effect("history");
  window.open = function (url) { hear(url, false, false); return { closed: true, focus: function () {}, close: function () {} }; };
  // Only in a popup window of the admin panel.
  window.close = effect("close");
  if (/[?&]_popup=/.test(location.search)) window.opener = { dismissRelatedLookupPopup: effect("chosen") };
  window.confirm = function () { return true; };
  if (navigator.clipboard) Object.defineProperty(navigator.clipboard, "writeText", { value: effect("copy") });
  HTMLMediaElement.prototype.play = effect("sound");
  Element.prototype.requestFullscreen = effect("full screen");

  function shown(element) {
    return element.isConnected && element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  }
  // A link that leads nowhere yet, such as the admin panel's pencil while nothing is chosen.
  function off(element) {
    if (element.disabled) return true;
    return element.localName === "a" && !element.hasAttribute("href") && element.getAttribute("aria-disabled") === "true";
  }
  function nameOf(element) {
    var name = element.innerText || element.value || element.getAttribute("aria-label") || "";
    return name.trim().replace(/\s+/g, " ").slice(0, 60);
  }
  function fields(form) { return Array.from((form || document).querySelectorAll("input, select, textarea")); }
  function values() { return fields().map(function (each) { return each.value + each.checked; }).join("\n"); }
  function wait(ms) { return new Promise(function (ready) { setTimeout(ready, ms); }); }
  function turn() {
    return new Promise(function (ready) {
      var both = new MessageChannel();
      both.port1.onmessage = ready;
      both.port2.postMessage(0);
    });
  }

  // The element over its centre, where a finger would tap. Elements that only keyboard focus shows are ignored.
  function covering(element) {
    if (document.activeElement) document.activeElement.blur();
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    var box = element.getClientRects()[0];
    if (!box || box.width < 4 || box.height < 4) return "";
    var x = box.left + box.width / 2, y = box.top + box.height / 2;
    var top = document.elementFromPoint(x, y);
    // Close a menu that was opened before.
    var menu = top && !element.contains(top) && top.closest("details[open]");
    if (menu && !menu.contains(element)) { menu.open = false; top = document.elementFromPoint(x, y); }
    if (!top || element.contains(top) || top.contains(element)) return "";
    return top.outerHTML.slice(0, 80);
  }

  // Makes a search form ask for something other than what the page shows; returns whether that was possible.
  function ask(form) {
    var text = fields(form).find(function (each) { return shown(each) && /^(text|search)$/.test(each.type); });
    if (text) { text.value = text.value === "surat" ? "izin" : "surat"; return true; }
    var choice = fields(form).find(function (each) { return shown(each) && each.tagName === "SELECT" && each.options.length > 1; });
    if (choice) choice.selectedIndex = choice.selectedIndex === choice.options.length - 1 ? 0 : choice.options.length - 1;
    return Boolean(choice);
  }

  // portal.js would not let a form be sent twice.
  function unlock(form) {
    delete form.dataset.sent;
    Array.from(form.elements).forEach(function (each) { if (each.type === "submit") each.disabled = false; });
  }

  // patience: how many milliseconds an effect may take to become visible. inside: the control is in what was just opened.
  async function press(element, patience, inside) {
    var form = element.form, submits = form && element.type === "submit", told = { name: nameOf(element), tag: element.localName };
    if (element.localName === "a" && /^(tel|mailto|sms|geo):/.test(element.getAttribute("href") || "")) return null;
    told.href = element.getAttribute("href");
    // A calendar or a list of times closes when anything else is touched, which is no effect of this control.
    if (!inside) document.body.click();
    told.covered = covering(element);
    element.removeAttribute("formtarget");
    if (submits) {
      unlock(form);
      form.noValidate = true;
      var method = (element.getAttribute("formmethod") || form.getAttribute("method") || "get").toLowerCase();
      told.changed = method === "get" && !element.name && ask(form);
    }
    if (element.type === "reset") fields(form).forEach(function (each) { if (/^(text|search)$/.test(each.type)) each.value = "x"; });
    element.removeAttribute("target");
    await act(element, told, patience);
    // A control that clears or undoes needs something to act on.
    if (!told.to.length && !told.effect && element.localName === "button") {
      var box = fields().find(function (each) { return shown(each) && each.type === "checkbox"; });
      if (box) { box.click(); await turn(); await act(element, told, patience); }
    }
    if (submits) { await wait(0); unlock(form); }
    return told;
  }

  async function act(element, told, patience) {
    var seen = [], focused, before;
    function note(records) {
      records.forEach(function (record) {
        if (!/^(data-sent|data-busy|disabled|target)$/.test(record.attributeName)) seen.push(record.attributeName || record.type);
      });
    }
    function any() {
      note(watch.takeRecords());
      return log.length || seen.length || document.activeElement !== focused || values() !== before;
    }
    var watch = new MutationObserver(note);
    element.focus({ preventScroll: true });
    await turn();
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    focused = document.activeElement; before = values();
    log = []; pressing = true;
    // Some controls react to the pointer going down, not to the click.
    ["pointerdown", "mousedown", "pointerup", "mouseup"].forEach(function (kind) {
      var Kind = /^pointer/.test(kind) ? PointerEvent : MouseEvent;
      element.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, view: window }));
    });
    if (element.isConnected) element.click();
    await turn();
    for (var until = performance.now() + patience; !any() && performance.now() < until;) await wait(5);
    pressing = false;
    watch.disconnect();
    told.to = log.filter(function (each) { return each.url; });
    var other = log.find(function (each) { return each.effect; });
    told.effect = (other && other.effect) || seen[0] ||
      (values() !== before && "values") || (document.activeElement !== focused && "focus") || "";
  }

  function controls() {
    return Array.from(document.querySelectorAll("a, area, button, summary, input[type=submit], input[type=button], input[type=reset]"));
  }

  // Presses one control on a freshly opened page, so that nothing else is going on.
  window.pressAlone = async function (told) {
    var element = controls()[told.place];
    // A control that a script adds may not exist yet.
    if (!element || element.localName !== told.tag) return null;
    for (var fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    return shown(element) ? press(element, 3000) : null;
  };

  function leads(element) { return element.type === "submit" || /^[^#]/.test(element.getAttribute("href") || "#"); }

  // Presses what an earlier press has revealed. What closes or is redrawn after a press is opened again.
  async function pressOpened(opener, before, all) {
    function find(key) {
      return controls().find(function (each) {
        return !before.includes(each) && !done.has(each) && !off(each) && shown(each) && (!key || keyOf(each) === key);
      });
    }
    function isNew(each) { return !before.includes(each) && shown(each); }
    var told = [], keys = find() ? new Set(controls().filter(isNew).map(keyOf)) : [];
    for (var key of keys) {
      if (sessionStorage.getItem(key)) continue;
      if (!find(key)) { opener.click(); await turn(); }
      var element = find(key);
      if (!element || !isNew(element)) continue;
      done.add(element);
      var found = await press(element, 100, true);
      if (found) told.push(Object.assign(found, { place: all.indexOf(element) }));
    }
    return told;
  }

  // Ticks every box, and chooses a value next to a link that depends on one.
  async function choose() {
    pressing = true;
    fields().forEach(function (each) {
      if (each.type === "checkbox" && shown(each) && !each.disabled && !each.checked) each.click();
    });
    document.querySelectorAll("select:has(~ a[aria-disabled=true])").forEach(function (each) {
      var option = Array.from(each.options).find(function (one) { return one.value; });
      if (option) { each.value = option.value; each.dispatchEvent(new Event("change", { bubbles: true })); }
    });
    await turn();
    pressing = false;
  }

  // Header, footer and menus are the same on every page and are pressed once.
  function keyOf(element) {
    var form = element.form, key = element.outerHTML + (form ? form.method + form.getAttribute("action") + form.className : "");
    return "pressed " + key.replace(/[0-9]+/g, "1");
  }
  function isNew(element) {
    var key = keyOf(element);
    if (sessionStorage.getItem(key)) return false;
    sessionStorage.setItem(key, "1");
    return true;
  }

  // Whether a control would be pressed if it were visible, as menus are on a narrow screen, and was not already looked for
  // there in vain.
  window.hides = function () {
    var hidden = controls().filter(function (each) {
      return !done.has(each) && !off(each) && !shown(each) &&
        !sessionStorage.getItem(keyOf(each)) && !sessionStorage.getItem("sought" + keyOf(each));
    });
    hidden.forEach(function (each) { sessionStorage.setItem("sought" + keyOf(each), "1"); });
    return hidden.length > 0;
  };

  var done = new Set();
  window.pressAll = async function () {
    var told = [], more = true, chosen = false, all = controls();
    while (more) {
      more = false;
      // Queried each time, because what was opened shows more controls.
      for (var element of all) {
        if (done.has(element) || off(element) || !shown(element)) continue;
        done.add(element);
        if (!isNew(element)) continue;
        more = true;
        var before = leads(element) ? null : controls().filter(shown), found = await press(element, 100);
        if (found) told.push(Object.assign(found, { place: all.indexOf(element) }));
        if (before) told = told.concat(await pressOpened(element, before, all));
      }
      // Actions on rows appear once rows are selected.
      if (!more && !chosen) { chosen = more = true; await choose(); all = controls(); }
    }
    return told;
  };
})();
