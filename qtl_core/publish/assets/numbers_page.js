// A page for rows of numbers: each change is answered and shown, the last one of those that come meanwhile.

const MOST_NAMED = 3; // columns in a warning

async function openPage(ask, tell) {
  const { numbers } = RUN, width = numbers.columns.length;
  const answerTo = (rows) => ask(Float64Array.from(rows.flat()), [rows.length, width]);
  const answerView = makeAnswerView(find(".answer"), null), circuitView = RUN.circuit && makeCircuitView(find(".way"), RUN.circuit);
  const plane = width === 2 ? makePlane(find(".plane"), numbers, answerTo, (values) => fields.set(values)) : null;
  let wanted = null, answering = false;

  async function answer(values) {
    wanted = [...values];
    if (answering) return;
    answering = true;
    for (let first = true; wanted; first = false) {
      const row = wanted;
      wanted = null;
      const given = { ...await answerTo([row]), doubt: beyondWords(row, numbers) };
      answerView.take(given, !first);
      circuitView?.take(given, true);
      plane?.move(row);
    }
    answering = false;
  }

  const fields = makeFields(find(".fields"), numbers.columns, answer, tell);
  document.documentElement.classList.add("answered");
  await answerTo([fields.values]); // the first answer takes longest: here nobody waits
  plane?.paint();
}

// Which numbers lie beyond those it learnt from, in a sentence; "" where none does.
function beyondWords(row, { columns, are_known: areKnown }) {
  const beyond = columns.filter(({ low, high }, at) => row[at] < low || row[at] > high);
  if (!areKnown || !beyond.length) return "";
  const named = beyond.slice(0, MOST_NAMED).map(({ name, low, high }) => `${name} (${low} to ${high})`).join(", ");
  const more = beyond.length > MOST_NAMED ? ` and ${beyond.length - MOST_NAMED} more` : "";
  return `Beyond all it learnt from: ${named}${more}. It answers all the same.`;
}
