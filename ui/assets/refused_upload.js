// Says in words what Streamlit's field for files says by a red mark: a file was refused. By something in front of the
// server, as a proxy, whose answer is not the app's; or by Streamlit, which has no cookie to know the page again by. What
// a page can know of either is its status. Watches from the first page on.
(() => {
  if (window.studioWatchesUploads || !window.PerformanceObserver) return;
  window.studioWatchesUploads = true;
  const WHY = {
    403: "This browser keeps no cookies here, so the server takes no file. Allow them, or open this page in a tab of its own.",
    413: "What stands in front of this server lets no file of this size through. Send a smaller one, or ask who runs it.",
  };
  const words = Object.assign(document.createElement("button"), { className: "studio-refused", hidden: true });
  words.addEventListener("click", () => { words.hidden = true; });
  const live = Object.assign(document.createElement("div"), { role: "alert" });
  live.append(words);
  document.querySelector(".stApp").append(live); // whose colours it has
  new PerformanceObserver((list) => {
    for (const { name, responseStatus } of list.getEntries()) {
      if (!name.includes("/_stcore/upload_file/")) continue;
      words.hidden = !(responseStatus in WHY);
      words.textContent = `${WHY[responseStatus]} ✕`;
    }
  }).observe({ type: "resource" });
})();
