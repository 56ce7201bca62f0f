// Brings an element up to the top of the window; at once for readers who asked for no motion.
function scrollUp(element) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}
