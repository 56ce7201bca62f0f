// The start of every page: the network, then what `openPage` puts around it. `RUN` says what the network is; see
// qtl_core/publish/facts.py.

const find = (selector) => document.querySelector(selector);

async function startPage() {
  const tell = makeTeller(find(".status"));
  try {
    await openPage(await openNetwork(), tell);
    document.querySelectorAll("[disabled]").forEach((each) => { each.disabled = false; });
    tell("");
    document.documentElement.dataset.state = "ready";
  } catch (error) {
    console.warn(error);
    GUARD.fail(GUARD.whyNoStart(error));
  }
}

function makeTeller(element) {
  return (words, isTrouble = false) => {
    if (element.textContent !== words) element.textContent = words;
    element.classList.toggle("trouble", isTrouble);
  };
}

globalThis.startPage = startPage; // guard.js calls it, once all files are here
