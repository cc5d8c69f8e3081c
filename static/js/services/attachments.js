/* Files go up as soon as they are chosen; the page's other answers stay where they are.
   <section class="upload" data-upload data-upload-url="…" data-upload-max="5242880" [data-upload-field="file"]>
     … <input type="file"> … <p data-upload-status role="status"></p> <button type="submit" name="upload" data-upload-fallback>Unggah</button>
   </section>
   The file is posted to the address with the form's CSRF token; the answer (2xx, or 422 with the message inside) is the same section as HTML and
   replaces it, with others behind it where there are any; [data-upload-also] inside the answer replaces what stands on the page under its id; words inside [data-upload-over] or a plain text are told in the box and end the tries.
   Buttons [data-upload-post="url"] inside it (delete, undo) are posted the same way. Without JavaScript the form's own submit does both. */
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

  // The tries are over: what the server says takes the place of the button to try again, and is read out.
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
    // The answer may belong to another box of the page (a paper taken out again, whose own box is gone).
    var stands = document.getElementById(fresh.id);
    if (stands && stands !== box) { box.remove(); box = stands; }
    var all = Array.from(pieces.querySelectorAll("[data-upload]"));
    // What was said of this box elsewhere on the page: it goes, or changes, with its cause.
    pieces.querySelectorAll("[data-upload-also]").forEach(function (piece) {
      var said = document.getElementById(piece.id), before = said && said.querySelector("input"), now = piece.querySelector("input");
      if (before && now) now.checked = before.checked;
      if (said && said.textContent.trim()) said.replaceWith(piece);
    });
    box.replaceWith.apply(box, all);
    all.forEach(prepare);
    // Focus on the words that tell what happened, so that they are read out and the next Tab goes on from here.
    var line = statusOf(fresh), name = fresh.querySelector(".upload__file .name");
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

  // Seconds without a sign of life after which a connection counts as lost: phones keep dead ones open for minutes.
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
    request.setRequestHeader("HX-Request", "true"); // the server answers with the partial, as for htmx
    request.upload.onprogress = function (event) {
      alive();
      if (!event.lengthComputable) return;
      var percent = Math.floor(event.loaded / event.total * 100);
      bar.value = percent;
      // Spoken in quarters only, or a screen reader would not stop.
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
    // The same file chosen once more is a change again.
    input.value = "";
    var max = Number(box.dataset.uploadMax || 0);
    if (!max || file.size <= max) return post(box, file, file.name);
    // A photo that is too large is made smaller here, so that nobody has to know how.
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

  // A JPEG of the picture that keeps within the limit, or null for what is no picture this browser can open.
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
    } catch (error) { /* The server tells what is wrong with it. */ }
    return null;
  }

  function prepare(root) {
    // Sent already when chosen: the button for browsers without JavaScript is not needed.
    var boxes = root.matches && root.matches("[data-upload-url]") ? [root] : root.querySelectorAll("[data-upload-url]");
    Array.prototype.forEach.call(boxes, function (box) {
      // Only where a label can take the native control's place.
      var input = box.querySelector("input[type=file]");
      if (input && input.labels.length) box.classList.add("is-enhanced");
      // On a slow line a file may be chosen before this script is there.
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
  // Who leaves while a file is on its way is asked first: it would not arrive.
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("[data-upload][aria-busy=true]")) event.preventDefault();
  });
  prepare(document);
})();
