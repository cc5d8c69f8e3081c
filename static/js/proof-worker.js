/* Find the number whose hash is the challenge (ALTCHA, version 1), a few hundred at a time so that hashing overlaps. */
onmessage = async function (event) {
  "use strict";
  var task = event.data, encoder = new TextEncoder(), BATCH = 256;

  function hex(buffer) {
    return Array.prototype.map.call(new Uint8Array(buffer), function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }

  try {
    for (var start = 0; start <= task.maxnumber; start += BATCH) {
      var tries = [];
      for (var n = start; n < start + BATCH && n <= task.maxnumber; n++) {
        tries.push(crypto.subtle.digest(task.algorithm, encoder.encode(task.salt + n)));
      }
      var found = (await Promise.all(tries)).map(hex).indexOf(task.challenge);
      if (found >= 0) {
        var solution = {
          algorithm: task.algorithm,
          challenge: task.challenge,
          number: start + found,
          salt: task.salt,
          signature: task.signature,
        };
        postMessage(btoa(JSON.stringify(solution)));
        return;
      }
    }
    postMessage("");
  } catch (error) {
    postMessage("");
  }
};
