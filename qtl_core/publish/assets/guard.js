// Within index.html, in words that old browsers know: whether this browser and all files of the page are fit to start.
// What is not is said with what to do; else `startPage` (start.js) begins.

window.GUARD = (() => {
  const fromDisk = location.protocol === "file:", missing = [];
  const AGAIN = fromDisk
    ? "Unpack the zip, or copy the folder, once more and whole, then open index.html in it."
    : "Load the page again. If that does not help, whoever put it online has to upload its folder once more, whole.";
  const MISSING = fromDisk
    ? "A page opened from a disk needs all files of its folder beside it, outside the zip."
    : "The address has no such file, the connection was cut, or something blocks it.";
  const OTHER_BROWSER = "Update it, or open the page in Chrome, Edge, Firefox or Safari of this year.";
  const TROUBLES = {
    noWebAssembly: `This browser runs no WebAssembly, which the network needs: it is old, or a setting keeps it off, as Lockdown Mode does on an iPhone. Allow it for this page, or open it in Chrome, Edge, Firefox or Safari of this year.`,
    tooOld: `This browser is too old for this page. ${OTHER_BROWSER}`,
    memory: "This device has too little memory left for the network. Close other tabs and programs, and load the page again; or open it on another device.",
    blockedFromDisk: "This browser starts no network in a page opened from a disk. Open it in Chrome or Edge, or put the folder on a web server.",
    unknown: "The network could not be started, though all files of the page are here and this browser can run it. Close other tabs to free memory and load the page again, or try another browser.",
  };
  const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

  const named = (files) => files.join(" and ") + (files.length > 1 ? " are" : " is");
  const lost = (files) => `${named(files)} missing. ${MISSING} ${AGAIN}`;
  const damaged = (files) => `${named(files)} damaged: cut off, changed, or from another page. ${AGAIN}`;

  // The files that do not fit, each told by the mark at its end that index.html knows, or by the name that it makes.
  function whyNoFiles() {
    const scripts = Array.from(document.querySelectorAll("script[src]")), name = (script) => script.getAttribute("src").split("?")[0];
    const gone = scripts.filter((script) => missing.indexOf(script) >= 0);
    const isWhole = ({ dataset }) => (dataset.makes ? dataset.makes in window : (window.CAME || {})[dataset.mark]);
    const broken = scripts.filter((script) => gone.indexOf(script) < 0 && !isWhole(script));
    return gone.length ? lost(gone.map(name)) : broken.length ? damaged(broken.map(name)) : "";
  }

  function whyNoBrowser() {
    if (typeof WebAssembly !== "object") return TROUBLES.noWebAssembly;
    const isNew = window.DecompressionStream && window.createImageBitmap && [].findLast;
    return isNew && WebAssembly.validate(new Uint8Array(SIMD)) ? "" : TROUBLES.tooOld;
  }

  // Why a start failed that nothing stood against, by the error that ended it.
  function whyNoStart(error) {
    if (error.damaged) return damaged([error.damaged]);
    if (/memory|allocat/i.test(error.message)) return TROUBLES.memory;
    return fromDisk && /import|module|fetch/i.test(error.message) ? TROUBLES.blockedFromDisk : TROUBLES.unknown;
  }

  function fail(words) {
    const status = document.querySelector(".status");
    status.textContent = words;
    status.classList.add("trouble");
    document.documentElement.dataset.state = "failed";
  }

  addEventListener("error", ({ target }) => { if (target.src) missing.push(target); }, true);
  addEventListener("DOMContentLoaded", () => {
    const words = whyNoBrowser() || whyNoFiles();
    if (words) fail(words);
    else startPage();
  });
  document.querySelector(".status").textContent = "Getting the network ready …";
  return { fail, whyNoStart };
})();
