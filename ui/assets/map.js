// The map of the pictures: draws one epoch on a canvas, moves through the epochs, and shows the picture under the pointer.
// Called by Streamlit once when the component appears and again with new data, such as the small pictures that come later.

const REACH_OF_POINTER = 16; // CSS pixels between the pointer and the picture that it means
const REACH_OF_FINGER = 30;
const PLANE_WIDTH = "29rem"; // of points alone: the curves below stay in view
const MILLISECONDS_AN_EPOCH = 170; // the curves' replay "at ease"

const maps = new WeakMap(); // the element that Streamlit gives us -> the map in it

export default function ({ data, parentElement }) {
  if (!maps.has(parentElement)) maps.set(parentElement, makeMap(parentElement.querySelector(".map")));
  const map = maps.get(parentElement);
  map.take(data);
  return () => { map.end(); maps.delete(parentElement); };
}

function makeMap(root) {
  const find = (selector) => root.querySelector(selector);
  const canvas = find("canvas"), slider = find("input"), button = find("button"), card = find(".card");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let data, frames, at = 0, chosen = -1, playing = 0, before = 0;

  function take(given) {
    const same = data && data.identity === given.identity;
    data = given;
    frames = unpacked(given);
    if (!same) {
      at = data.start;
      chosen = -1;
      stop();
      if (data.plays && data.epochs.length > 1 && !still.matches) { at = 0; playing = requestAnimationFrame(step); }
    }
    slider.max = data.epochs.length - 1;
    slider.parentElement.querySelectorAll("button, input").forEach((each) => { each.hidden = data.epochs.length < 2; });
    root.style.maxWidth = data.axis_ends ? PLANE_WIDTH : "";
    describe(root, data);
    show();
  }

  // -- moving through the epochs --
  function show() {
    const frame = Math.round(at);
    slider.value = frame;
    const words = data.said[frame];
    slider.setAttribute("aria-valuetext", words);
    find("output").textContent = words;
    canvas.setAttribute("aria-label", `${data.about} ${words}. Arrow keys go from picture to picture, mistakes first.`);
    button.textContent = playing ? "❚❚ Pause" : "▶ Play";
    draw(canvas, data, frames, at, chosen);
    showCard();
  }

  function step(now) {
    const last = data.epochs.length - 1;
    if (before) at = Math.min(last, at + (now - before) / (data.pace || MILLISECONDS_AN_EPOCH));
    before = now;
    if (at >= last) stop();
    else playing = requestAnimationFrame(step);
    const moved = at;
    if (still.matches) at = Math.floor(at); // one epoch after another, nothing gliding in between
    show();
    at = moved;
  }

  function stop() {
    cancelAnimationFrame(playing);
    playing = before = 0;
  }

  button.onclick = () => {
    if (playing) { stop(); at = Math.round(at); } else {
      if (at >= data.epochs.length - 1) at = 0;
      playing = requestAnimationFrame(step);
    }
    show();
  };
  slider.oninput = () => { stop(); at = Number(slider.value); show(); };

  // -- the picture that is meant --
  function choose(picture) {
    if (picture === chosen) return;
    chosen = picture;
    find(".spoken").textContent = chosen < 0 ? "" : words(chosen).join(", ");
    show();
  }

  function words(picture) {
    const frame = Math.round(at), index = frame * data.count + picture;
    if (data.bare) return [data.classes[frames.labels[picture]], frames.validation[picture] ? "held out" : "to learn from", data.names[picture]];
    const truth = data.classes[frames.labels[picture]], said = data.classes[frames.said[index]];
    const sure = `${Math.round(frames.sure[index] / 2.55)}%`;
    const verdict = truth === said ? `✓ ${said}, ${sure}` : `✗ taken for ${said}, ${sure}\ntrue: ${truth}`;
    return [verdict, frames.validation[picture] ? "validation" : "training", data.names[picture]];
  }

  function showCard() {
    card.hidden = chosen < 0;
    if (chosen < 0) return;
    find(".card p").textContent = words(chosen).join("\n");
    const photo = find(".photo"), { sheet, columns, edge } = data;
    photo.hidden = Boolean(data.axis_ends || data.rows);
    photo.style.backgroundImage = sheet ? `url(${sheet})` : "none";
    photo.style.backgroundPosition = `${-(chosen % columns) * edge}px ${-Math.floor(chosen / columns) * edge}px`;
    find(".photo i").textContent = data.drawn ? "drawn" : "";
    const size = canvas.clientWidth, [x, y] = place(frames, data.count, at, chosen, size);
    card.style.left = `${Math.max(0, Math.min(x + 14, size - card.offsetWidth))}px`;
    card.style.top = `${y + 14 + card.offsetHeight < size ? y + 14 : Math.max(0, y - 14 - card.offsetHeight)}px`;
  }

  function meant(event) {
    const box = canvas.getBoundingClientRect(), from = [event.clientX - box.left, event.clientY - box.top];
    let nearest = -1, least = event.pointerType === "mouse" ? REACH_OF_POINTER : REACH_OF_FINGER;
    for (let picture = 0; picture < data.count; picture++) {
      const [x, y] = place(frames, data.count, at, picture, box.width);
      const away = Math.hypot(x - from[0], y - from[1]);
      if (away < least) { least = away; nearest = picture; }
    }
    return nearest;
  }

  canvas.onpointermove = (event) => { if (event.pointerType === "mouse") choose(meant(event)); };
  canvas.onpointerdown = (event) => choose(meant(event));
  canvas.onpointerleave = (event) => { if (event.pointerType === "mouse") choose(-1); };
  canvas.onblur = () => choose(-1);
  canvas.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") choose(-1);
    if (!by) return;
    event.preventDefault();
    const order = inOrder(data, frames, Math.round(at)), count = order.length;
    const next = chosen < 0 ? (by > 0 ? 0 : count - 1) : (order.indexOf(chosen) + by + count) % count;
    choose(order[next]);
  };

  const resized = new ResizeObserver(() => data && show());
  resized.observe(canvas);
  const repaint = () => setTimeout(show, 300); // Streamlit takes its moment to change the colours
  dark.addEventListener("change", repaint);
  return { take, end() { stop(); resized.disconnect(); dark.removeEventListener("change", repaint); } };
}

// -- words around the plane; textContent alone, as class names come from a person's folders --
function describe(root, data) {
  const marks = data.classes.map((name, label) => ["●", data.colours[label], name]);
  marks.push(["●", "", "large: validation"], ["∙", "", "small: training"]);
  if (!data.bare) marks.push(["✗", data.wrong, "taken for another class"]);
  root.querySelector(".legend").replaceChildren(...marks.map(([sign, colour, text]) => {
    const entry = document.createElement("span"), mark = document.createElement("i");
    mark.textContent = sign;
    mark.style.color = colour;
    entry.append(mark, text);
    return entry;
  }));
  const [along, up] = data.axis_ends || [data.ends, data.upwards ? data.ends : ["", ""]];
  for (const [name, middle, ends] of [[".along", data.along, along], [".up", data.up, up]]) {
    const parts = [ends[0], middle, ends[1]];
    root.querySelector(name).replaceChildren(...parts.map((text) => {
      return Object.assign(document.createElement("span"), { textContent: text });
    }));
  }
}
