// An answer on the page: the class and how sure, a bar a class, what there is against it, and the qubits' numbers.

const SAY_MS = 4000; // while the camera runs, a screen reader hears of a change at most so often

function makeAnswerView(root, scaling) {
  const find = (selector) => root.querySelector(selector);
  let shown = null, spoken = "", spokenAt = 0, later = 0;
  const bars = RUN.classes.map((name, label) => barOf(name, RUN.colours[label % RUN.colours.length]));
  find(".bars").replaceChildren(...bars);

  function take(answer, live) {
    shown = answer;
    const shares = sharesOf(answer.probabilities), top = shares.indexOf(Math.max(...shares));
    bars.forEach((bar, label) => fill(bar, shares[label], label === top));
    const percent = `${Math.round(100 * shares[top])}%`;
    find(".verdict b").textContent = RUN.classes[top];
    find(".verdict span").textContent = percent;
    root.classList.toggle("doubted", Boolean(answer.doubt));
    find(".doubt").textContent = answer.doubt;
    find(".doubt").hidden = !answer.doubt;
    say(`${RUN.classes[top]}, ${percent}. ${answer.doubt}`, `${top} ${Boolean(answer.doubt)}`, live);
  }

  function say(words, kind, live) {
    clearTimeout(later); // what waits to be said is overtaken
    if (live && kind === spoken) return;
    const wait = live ? spokenAt + SAY_MS - performance.now() : 0;
    if (wait > 0) {
      later = setTimeout(() => say(words, kind, false), wait);
      return;
    }
    [spoken, spokenAt] = [kind, performance.now()];
    find("output").textContent = words;
  }

  const sharesOf = (probabilities) => (scaling?.checked ? scaledShares(probabilities, RUN.temperature) : probabilities);
  if (scaling) scaling.onchange = () => shown && take(shown, false);
  return { take };
}

function barOf(name, colour) {
  const line = document.createElement("li"), track = document.createElement("i"), bar = document.createElement("b");
  bar.style.background = colour;
  track.append(bar);
  line.append(Object.assign(document.createElement("span"), { textContent: name }), document.createElement("span"), track);
  return line;
}

function fill(line, share, isTop) {
  line.classList.toggle("top", isTop);
  line.dataset.share = share; // with all its digits, for whoever measures
  line.children[1].textContent = `${(100 * share).toFixed(1)}%`;
  line.querySelector("b").style.width = `${100 * share}%`;
}

// softmax(scores / T) of the scores whose softmax are these shares.
function scaledShares(shares, temperature) {
  const powers = shares.map((share) => Math.max(share, Number.MIN_VALUE) ** (1 / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
