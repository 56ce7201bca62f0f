// A point that is moved in the plane of two numbers; the server answers for it (`ui/predict/numbers.py`).

const KEY_STEP = 0.02; // of the plane's half width, for the arrow keys

const ends = new WeakMap(); // the element that Streamlit gives us -> what lets go of the data drawn before

export default function ({ data, parentElement, setStateValue }) {
  ends.get(parentElement)?.();
  const root = parentElement.querySelector(".map"), canvas = root.querySelector("canvas");
  const frames = unpacked(data);
  let point = data.point.slice();
  root.style.maxWidth = "29rem";

  const scale = (axis) => (point[axis] - data.middle[axis]) / data.reach[axis];
  function show() {
    draw(canvas, data, frames, 0, -1);
    const size = canvas.clientWidth, pen = canvas.getContext("2d");
    if (!size) return;
    const at = [(1 + scale(0)) * size / 2, (1 - scale(1)) * size / 2];
    const ink = getComputedStyle(canvas).color, paper = getComputedStyle(canvas).getPropertyValue("--st-background-color") || "white";
    for (const [width, colour] of [[6, paper], [2.5, ink]]) {
      pen.beginPath();
      pen.arc(at[0], at[1], 11, 0, 2 * Math.PI);
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
    const said = data.axes.map((name, axis) => `${name} ${point[axis].toFixed(2)}`).join(", ");
    canvas.setAttribute("aria-label", `${data.about} The point is at ${said}. Arrow keys move it, Enter asks.`);
  }

  function take(event) {
    const box = canvas.getBoundingClientRect();
    const shares = [2 * (event.clientX - box.left) / box.width - 1, 1 - 2 * (event.clientY - box.top) / box.height];
    point = shares.map((share, axis) => data.middle[axis] + data.reach[axis] * Math.max(-1, Math.min(1, share)));
    show();
  }

  function tell() { setStateValue("point", point.map((each) => Number(each.toPrecision(4)))); }

  let moving = false;
  canvas.onpointerdown = (event) => { moving = true; canvas.setPointerCapture(event.pointerId); take(event); };
  canvas.onpointermove = (event) => { if (moving) take(event); };
  canvas.onpointerup = () => { if (moving) { moving = false; tell(); } };
  canvas.onpointercancel = () => { moving = false; };
  canvas.onkeydown = (event) => {
    const [axis, way] = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1] }[event.key] || [];
    if (event.key === "Enter") tell();
    if (axis === undefined) return;
    event.preventDefault();
    point[axis] += way * KEY_STEP * data.reach[axis];
    show();
  };
  canvas.onkeyup = (event) => { if (event.key.startsWith("Arrow")) tell(); };

  root.querySelector(".legend").replaceChildren(...data.classes.map((name, label) => {
    const entry = document.createElement("span"), mark = document.createElement("i");
    mark.textContent = "●";
    mark.style.color = data.colours[label];
    entry.append(mark, name);
    return entry;
  }));
  for (const [name, middle, ends] of [[".along", data.along, data.axis_ends[0]], [".up", data.up, data.axis_ends[1]]]) {
    root.querySelector(name).replaceChildren(...[ends[0], middle, ends[1]].map((text) => {
      return Object.assign(document.createElement("span"), { textContent: text });
    }));
  }
  const resized = new ResizeObserver(show), dark = window.matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => setTimeout(show, 300);
  resized.observe(canvas);
  dark.addEventListener("change", repaint);
  show();
  const end = () => { resized.disconnect(); dark.removeEventListener("change", repaint); };
  ends.set(parentElement, end);
  return end;
}
