// The pictures that were brought, the newest first: each with its answer, to be looked at again.

const MOST_KEPT = 24;

function makeStrip(root, again) {
  const list = root.querySelector("ul");
  return {
    add(answer, name) {
      const entry = document.createElement("li"), button = Object.assign(document.createElement("button"), { type: "button" });
      const canvas = document.createElement("canvas"), top = answer.probabilities.indexOf(Math.max(...answer.probabilities));
      const words = `${answer.doubt ? "⚠ " : ""}${RUN.classes[top]} ${Math.round(100 * answer.probabilities[top])}%`;
      paintView(canvas, answer.view, RUN.transform.crop);
      button.append(canvas, Object.assign(document.createElement("span"), { textContent: words }));
      button.setAttribute("aria-label", `${name}: ${words}. Show it again`);
      button.onclick = () => again(answer);
      entry.append(button);
      list.prepend(entry);
      while (list.childElementCount > MOST_KEPT) list.lastChild.remove();
      root.hidden = list.childElementCount < 2;
    },
  };
}
