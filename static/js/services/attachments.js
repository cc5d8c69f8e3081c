/* Uploads files as soon as they are chosen; the page's other fields are left as they are.
   <section class="upload-row" data-upload data-upload-url="…" data-upload-max="5242880" [data-upload-field="file"]>
     … <input type="file"> … <p data-upload-status role="status"></p>
     <button type="submit" name="upload" data-upload-fallback>Unggah</button>
   </section>
   The file is posted to the address with the form's CSRF token. The answer (2xx, or 422 with the message inside) is the
   same section as HTML, possibly followed by others, and replaces it. An element [data-upload-also] of the answer
   replaces the element of the page with the same id. The text of [data-upload-over], or a plain text, is shown in the
   box and ends the attempts. Buttons [data-upload-post="url"] in the section (delete, undo) are posted the same way.
   Without JavaScript the form's own submit does both. */
(function () {
  "use strict";
  var TEXT = JSON.parse(document.getElementById("upload-texts").textContent); // components/_upload_texts.html

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  }

  function megabytes(bytes) {
    return (bytes / 1048576).toLocaleString(document.documentElement.lang || "id", {
      maximumFractionDigits: bytes < 10485760 ? 1 : 0,
    }) + "\u00a0MB";
  }

  function statusOf(box) {
    var line = box.querySelector("[data-upload-status]");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("data-upload-status", "");
      line.setAttribute("role", "status");
      box.appendChild(line);
    }
    return line;
  }

  function say(box, text, failed) {
    box.classList.toggle("is-failed", Boolean(failed));
    statusOf(box).textContent = text;
  }

  // No further attempt: the server's message replaces the button to try again, and is read out.
  function end(box, node) {
    say(box, "", true);
    statusOf(box).append(node);
    statusOf(box).tabIndex = -1;
    statusOf(box).focus();
  }

  function parse(html) {
    var holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content;
  }

  function token(box) {
    var field = (box.closest("form") || document).querySelector("[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function replace(box, html) {
    var pieces = parse(html), fresh = pieces.querySelector("[data-upload]");
    // The answer may belong to another box of the page, if the box of a restored file no longer exists.
    var stands = document.getElementById(fresh.id);
    if (stands && stands !== box) { box.remove(); box = stands; }
    var all = Array.from(pieces.querySelectorAll("[data-upload]"));
    // Messages about this box elsewhere on the page are updated or removed with it.
    pieces.querySelectorAll("[data-upload-also]").forEach(function (piece) {
      var said = document.getElementById(piece.id), before = said && said.querySelector("input"), now = piece.querySelector("input");
      if (before && now) now.checked = before.checked;
      if (said && said.textContent.trim()) said.replaceWith(piece);
    });
    box.replaceWith.apply(box, all);
    all.forEach(prepare);
    // Focus the message, so that it is read out and the next Tab continues from here.
    var line = statusOf(fresh), name = fresh.querySelector(".upload-row__file .name");
    if (!line.textContent.trim() && name) line.textContent = fill(TEXT.uploaded, { name: name.firstChild.textContent.trim() });
    (line.textContent.trim() ? line : fresh.querySelector("input[type=file], button, a[href]") || fresh).focus();
    document.dispatchEvent(new CustomEvent("portal:replaced", { detail: { element: fresh } }));
  }

  function offerRetry(box, again) {
    var line = statusOf(box);
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary btn-sm ms-2";
    button.textContent = TEXT.retry;
    button.addEventListener("click", again);
    line.append(" ", button);
  }

  // A connection without progress for this many seconds counts as lost: phones keep dead ones open for minutes.
  var STALLED = 60;

  function send(box, url, data, name, size) {
    var request = new XMLHttpRequest(), watch;
    var bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name || TEXT.checking);
    statusOf(box).before(bar);
    box.setAttribute("aria-busy", "true");
    var again = function () { send(box, url, data, name, size); };
    var shown = -1;
    function alive() {
      clearTimeout(watch);
      watch = setTimeout(function () { request.abort(); }, STALLED * 1000);
    }

    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token(box));
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.setRequestHeader("HX-Request", "true"); // makes the server answer with the partial, as for htmx
    request.upload.onprogress = function (event) {
      alive();
      if (!event.lengthComputable) return;
      var percent = Math.floor(event.loaded / event.total * 100);
      bar.value = percent;
      // Announced in quarters only, so that a screen reader does not talk all the time.
      var step = Math.floor(percent / 25);
      if (step === shown) return;
      shown = step;
      say(box, percent < 100 ? fill(TEXT.sending, { name: name, percent: percent }) : TEXT.checking);
    };
    request.onload = function () {
      done();
      var html = (request.getResponseHeader("Content-Type") || "").indexOf("text/html") === 0;
      var answered = request.status < 300 || request.status === 422 || request.status === 413;
      if (html && answered && request.responseText.indexOf("data-upload") !== -1) {
        replace(box, request.responseText);
      } else if (html && request.responseText.indexOf("data-upload-over") !== -1) {
        end(box, parse(request.responseText));
      } else if (request.status === 422) {
        end(box, document.createTextNode(request.responseText));
      } else if (request.status === 404 || request.status === 410) {
        end(box, document.createTextNode(TEXT.gone));
      } else if (request.status === 429) {
        say(box, TEXT.busy, true);
        offerRetry(box, again);
      } else if (request.status === 403) {
        say(box, TEXT.denied, true);
      } else if (request.status === 413) {
        say(box, fill(TEXT.large, { size: megabytes(size || 0), max: megabytes(Number(box.dataset.uploadMax) || 5242880) }), true);
      } else {
        say(box, TEXT.failed, true);
        offerRetry(box, again);
      }
    };
    request.onerror = request.onabort = function () {
      done();
      say(box, TEXT.lost, true);
      offerRetry(box, again);
    };
    function done() {
      clearTimeout(watch);
      bar.remove();
      box.removeAttribute("aria-busy");
    }
    alive();
    request.send(data);
  }

  function upload(box, input) {
    var file = input.files[0];
    if (!file) return;
    // Choosing the same file again has to fire another change event.
    input.value = "";
    var max = Number(box.dataset.uploadMax || 0);
    if (!max || file.size <= max) return post(box, file, file.name);
    // A photo that is too large is scaled down here, so that nobody has to know how.
    say(box, TEXT.checking);
    smaller(file, max).then(function (small) {
      if (small) return post(box, small, file.name.replace(/\.\w+$/, "") + ".jpg");
      say(box, fill(TEXT.large, { size: megabytes(file.size), max: megabytes(max) }), true);
    });
  }

  function post(box, file, name) {
    var data = new FormData();
    data.append(box.dataset.uploadField || "file", file, name);
    send(box, box.dataset.uploadUrl, data, name, file.size);
  }

  // Resolves to a JPEG within the limit, or to null if this browser cannot open the file as a picture.
  async function smaller(file, max) {
    if (!/^image\//.test(file.type) || !window.createImageBitmap) return null;
    try {
      var picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      for (var side = 3200; side >= 1200; side -= 400) {
        var scale = Math.min(1, side / Math.max(picture.width, picture.height));
        var canvas = document.createElement("canvas");
        canvas.width = Math.round(picture.width * scale);
        canvas.height = Math.round(picture.height * scale);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        var blob = await new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", 0.85); });
        if (blob && blob.size <= max) return blob;
      }
    } catch (error) { /* The server will say what is wrong with the file. */ }
    return null;
  }

  function prepare(root) {
    // Files are sent when chosen, so the button for browsers without JavaScript is not needed.
    var boxes = root.matches && root.matches("[data-upload-url]") ? [root] : root.querySelectorAll("[data-upload-url]");
    Array.prototype.forEach.call(boxes, function (box) {
      // Only where a label can replace the native control.
      var input = box.querySelector("input[type=file]");
      if (input && input.labels.length) box.classList.add("is-enhanced");
      // On a slow connection a file may be chosen before this script has loaded.
      box.querySelectorAll("input[type=file]").forEach(function (each) { if (each.files.length) upload(box, each); });
    });
    root.querySelectorAll("[data-upload-fallback]").forEach(function (button) { button.hidden = true; });
  }

  document.addEventListener("change", function (event) {
    if (event.target.type !== "file") return;
    var box = event.target.closest("[data-upload][data-upload-url]");
    if (box) upload(box, event.target);
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-upload] [data-upload-post]");
    if (!button) return;
    event.preventDefault();
    var data = new FormData();
    if (button.name) data.append(button.name, button.value);
    send(button.closest("[data-upload]"), button.dataset.uploadPost, data, button.textContent.trim());
  });
  // Ask before leaving the page during an upload, which would be lost.
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("[data-upload][aria-busy=true]")) event.preventDefault();
  });
  prepare(document);
})();
