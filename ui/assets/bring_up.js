// Brings the circuit's drawing, with the slider and the spheres below it, up to the top once somebody steps.
(() => {
  const stage = document.querySelector(".st-key-circuit_stage"), spheres = stage?.querySelector(".st-key-inside_spheres");
  if (!spheres || spheres.getBoundingClientRect().bottom <= window.innerHeight) return; // all of it is in view
  scrollUp(stage);
})();
