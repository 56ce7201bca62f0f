// Plays a finished run's replay once, by the figure's own button, where the reader has not asked for less motion.
// Called by Streamlit once when the component appears and again on every run of the page: a run is played only once.

const REMEMBERED = "studio-replayed"; // for as long as the tab is open, also over a reload
const STEP = 150, PATIENCE = 100; // milliseconds between looks, and how many looks

export default function ({ data }) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches || played().includes(data.run)) return undefined;
  let looks = 0, before = null;
  const timer = setInterval(() => {
    const button = document.querySelector(".st-key-history .updatemenu-button");
    if (button && button === before) { // a figure that is still being put together is given a moment
      clearInterval(timer);
      sessionStorage.setItem(REMEMBERED, JSON.stringify([...played(), data.run].slice(-50)));
      button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    } else if (++looks > PATIENCE) clearInterval(timer);
    before = button;
  }, STEP);
  return () => clearInterval(timer);
}

function played() {
  try {
    return JSON.parse(sessionStorage.getItem(REMEMBERED)) ?? [];
  } catch {
    return [];
  }
}
