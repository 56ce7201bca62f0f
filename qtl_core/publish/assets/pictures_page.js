// A page for pictures: what comes in is answered and shown.

// All that there is to say of a picture.
async function answered(ask, reference, pixels) {
  const { transform } = RUN, view = centreView(pixels, transform);
  const given = await ask(normalised(view, transform), [1, 3, transform.crop, transform.crop]);
  const distance = reference ? distanceTo(reference, given.stage_features) : null;
  return { ...given, view, distance, doubt: doubtWords({ blank: isBlank(view, transform.crop), distance }) };
}

async function openPage(ask, tell) {
  const reference = RUN.doubt.scales ? referenceOf(RUN.doubt, await unpacked("reference")) : null;
  const answerTo = (pixels) => answered(ask, reference, pixels);
  await answerTo(new ImageData(RUN.transform.crop, RUN.transform.crop)); // the first answer takes longest: here nobody waits
  const answerView = makeAnswerView(find(".answer"), find(".scaling input"));
  const circuitView = RUN.circuit && makeCircuitView(find(".way"), RUN.circuit);
  const show = (answer, live = false) => {
    const isFirst = !document.documentElement.classList.contains("answered");
    document.documentElement.classList.add("answered");
    paintView(find(".seen"), answer.view, RUN.transform.crop);
    answerView.take(answer, live);
    circuitView?.take(answer, live);
    if (isFirst || !live) find(".answer").scrollIntoView({ block: "nearest" });
  };
  const strip = makeStrip(find(".strip"), (answer) => show(answer));
  const camera = openCamera(answerTo, tell, show);
  const take = async (files) => {
    if (camera.isOpen()) camera.close();
    const said = [];
    for (const file of files) said.push(await takeFile(file, { answerTo, tell, show, strip }));
    tell(said.map(({ words }) => words).filter(Boolean).join("\n"), said.some(({ isTrouble }) => isTrouble));
  };
  watchForPictures(document, take);
  showExamples(find(".examples"), RUN.examples, take);
}

// Returns what has to be said of it once all that came with it are answered.
async function takeFile(file, { answerTo, tell, show, strip }) {
  tell(`Looking at ${file.name} …`);
  try {
    const answer = await answerTo(await pixelsOfFile(file));
    show(answer);
    strip.add(answer, file.name);
    return { words: await remarkOn(file), isTrouble: false };
  } catch (error) {
    if (!(error instanceof NoPicture)) console.warn(error);
    const why = error instanceof NoPicture ? error.message : "It could not be answered: this device may lack the memory.";
    return { words: `${file.name}: ${why}`, isTrouble: true };
  }
}

function openCamera(answerTo, tell, show) {
  const video = find("video"), button = find(".camera"), other = find(".turn");
  const look = async () => show(await answerTo(pixelsOf(video, video.videoWidth, video.videoHeight)), true);
  const changed = async (isOpen) => {
    document.documentElement.classList.toggle("live", isOpen);
    button.textContent = isOpen ? "Stop the camera" : "Use the camera";
    other.hidden = !(isOpen && await hasTwoCameras());
  };
  const camera = makeCamera(video, { look, tell, changed });
  button.onclick = () => (camera.isOpen() ? camera.close() : camera.open());
  other.onclick = camera.turn;
  return camera;
}
