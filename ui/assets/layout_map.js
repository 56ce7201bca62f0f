// The map of a machine, on which a person lays the circuit's wires: a wire is chosen, then the qubit that carries it.
// A qubit that carries another wire changes places with it. The server answers with the sentence below the map.

const WIDTH = 140, MARGIN = 16; // of the drawing, in its own units

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".machine");
  const [wires, board, spoken] = [".wires", ".board", ".spoken"].map((name) => root.querySelector(name));
  const highs = data.qubits.map(({ place }) => place[1]), low = Math.min(...highs), reach = Math.max(...highs) - low;
  const inner = WIDTH - 2 * MARGIN, height = 2 * MARGIN + inner * reach;
  const at = new Map(data.qubits.map(({ number, place: [x, y] }) => [number, [MARGIN + inner * x, MARGIN + inner * (y - low)]]));
  const apart = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);
  const places = [...at.values()];
  const least = Math.min(WIDTH, ...places.flatMap((one, i) => places.slice(i + 1).map((other) => apart(one, other))));
  root.style.setProperty("--most", `${(85 * least / WIDTH).toFixed(1)}cqw`); // so that circles do not touch
  let wire = Math.min(Number(root.dataset.wire ?? 0), data.layout.length - 1);

  function lay(qubit) {
    const layout = data.layout.slice(), other = layout.indexOf(qubit);
    if (layout[wire] === qubit) return;
    if (other >= 0) layout[other] = layout[wire];
    layout[wire] = qubit;
    spoken.textContent = `Wire ${wire} is on qubit ${qubit}.`;
    root.dataset.wire = (wire + 1) % layout.length;
    data.layout = layout;
    wire = Number(root.dataset.wire);
    show();
    setTriggerValue("layout", layout);
  }

  function show() {
    const focus = (root.getRootNode().activeElement ?? document.activeElement)?.dataset?.name;
    wires.replaceChildren(...data.layout.map((qubit, number) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `wire ${number}` });
      button.dataset.name = `wire-${number}`;
      button.setAttribute("aria-pressed", number === wire);
      button.setAttribute("aria-label", `Wire ${number}, on qubit ${qubit}`);
      button.onclick = () => { wire = number; root.dataset.wire = number; show(); };
      return button;
    }));
    board.style.aspectRatio = `${WIDTH} / ${height}`;
    const drawing = board.querySelector("svg");
    drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    drawing.innerHTML = data.edges.map(edge).join("");
    board.querySelectorAll("button").forEach((button) => button.remove());
    board.append(...data.qubits.map(qubitButton));
    if (focus) root.querySelector(`[data-name="${focus}"]`)?.focus();
  }

  function edge({ pair, share, words, directed, used }) {
    const [[x, y], [u, v]] = pair.map((qubit) => at.get(qubit));
    const length = Math.hypot(u - x, v - y) || 1, along = [(u - x) / length, (v - y) / length];
    const tip = [x + (u - x) * 0.66, y + (v - y) * 0.66];
    const corner = (back, side) => `${tip[0] - along[0] * back - along[1] * side},${tip[1] - along[1] * back + along[0] * side}`;
    const arrow = directed ? `<polygon points="${corner(0, 0)} ${corner(5, 2)} ${corner(5, -2)}"/>` : "";
    const middle = [x + (u - x) * 0.46, y + (v - y) * 0.46];
    return `<line x1="${x}" y1="${y}" x2="${u}" y2="${v}" style="--share:${share}%" class="${used ? "used" : ""}"/>${arrow}` +
      `<text x="${middle[0]}" y="${middle[1]}">${words}</text>`;
  }

  function qubitButton({ number: qubit, share, words }) {
    const carried = data.layout.indexOf(qubit), [x, y] = at.get(qubit);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "qubit" });
    button.dataset.name = `qubit-${qubit}`;
    button.classList.toggle("taken", carried >= 0);
    button.style.cssText = `left:${100 * x / WIDTH}%; top:${100 * y / height}%; --share:${share}%`;
    for (const [kind, text] of [["b", `${qubit}`], ["small", words], ["span", carried >= 0 ? `wire ${carried}` : ""]]) {
      if (text) button.append(Object.assign(document.createElement(kind), { textContent: text, className: kind === "span" ? "wire" : "" }));
    }
    const carries = carried >= 0 ? `carries wire ${carried}` : "carries no wire";
    button.setAttribute("aria-label", `Qubit ${qubit}, read wrongly ${words} of the time, ${carries}. Puts wire ${wire} here.`);
    button.onclick = () => lay(qubit);
    return button;
  }

  show();
}
