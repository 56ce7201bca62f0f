const answers = document.getElementById("answers");
const element = (kind, name, text) => {
  const made = document.createElement(kind);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
const share = ([name, value]) => {
  const row = element("div", "share"), track = element("div", "track"), fill = element("div", "fill");
  fill.style.width = `${100 * value}%`;
  track.append(fill);
  row.append(element("span", "", name), track, element("span", "number", `${(100 * value).toFixed(1)}%`));
  return row;
};
const shown = (answer) => {
  const box = element("div", "answer"), name = answer.file ?? answer.row;
  if (answer.error) {
    box.append(element("p", "", `${name ? `${name}: ` : ""}${[answer.error, answer.why, answer.do].filter(Boolean).join(" ")}`));
    return box;
  }
  box.append(element("p", "", `${name}: ${answer.label}`));
  if (answer.doubt && answer.doubt !== "none") box.append(element("p", "", `Doubt: ${answer.doubt}.`));
  box.append(...Object.entries(answer.probabilities).map(share));
  return box;
};
document.getElementById("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  answers.replaceChildren(element("p", "", "Asking …"));
  try {
    const reply = await (await fetch("predict", { method: "POST", ...read() })).json();
    answers.replaceChildren(...(Array.isArray(reply) ? reply : [reply, ...(reply.answers ?? [])]).map(shown));
  } catch {
    answers.replaceChildren(element("p", "", "The server does not answer. It may have been stopped."));
  }
});
