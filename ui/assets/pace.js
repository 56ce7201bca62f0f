// The time that a caption stays, and where on a picture's way one is at a time; put before the code of each component.

const PACES = { // words that are read in a second, and milliseconds that even a short caption stays
  slow: { words: 1.7, least: 5000 },
  normal: { words: 2.4, least: 3500 },
  fast: { words: 3, least: 2500 },
};
const MOVING = 0.7; // of a stage's time: then everything stands still until it has been read

// Milliseconds that a caption stays at a pace: the one place where that is decided.
function dwellMs(said, pace = "normal") {
  const { words, least } = PACES[pace];
  return Math.max(least, said.split(/\s+/).filter(Boolean).length / words * 1000);
}

// The stages of a walk with the milliseconds when each begins and ends; a stage has words and the columns it goes through.
function timed(stages, pace) {
  let at = 0;
  return stages.map((stage) => ({ ...stage, begin: at, end: at += dwellMs(stage.said, pace) }));
}

// The time at which one is where one was before stages were timed anew, or cut otherwise; `share` of the stage had passed.
function timeAt(stages, { number, column, answered }, share) {
  const inside = stages.findIndex(({ from, to }) => to > from && column <= to);
  if (!answered && column > 0 && inside >= 0) {
    const { from, to, begin, end } = stages[inside];
    return begin + (column - from) / (to - from) * MOVING * (end - begin);
  }
  const { begin, end } = stages[answered ? stages.length - 1 : number];
  return begin + share * (end - begin);
}

// Where one is at a time: the stage's number, how much of it has moved (0 to 1), the columns of gates
// that have acted, and the middle of the column that acts now, as `circuit` takes it.
function placeAt(stages, time) {
  const last = stages.length - 1, found = stages.findIndex((stage) => time < stage.end), number = found < 0 ? last : found;
  const { begin, end, from, to } = stages[number];
  const moved = Math.min(1, Math.max(0, (time - begin) / (end - begin) / MOVING));
  const lit = number === last ? Infinity : to > from ? from + (to - from - 1) * moved + 0.5 : -1;
  return { number, moved, column: from + (to - from) * moved, lit, answered: number === last };
}
