// The camera: frames are answered one after another, as fast as this device can, and not at all while nobody looks.

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 } };
const REST_MS = 80; // between two answers, in which the page can be scrolled and pressed
const LOOK_MS = 300; // between two looks whether somebody looks again
const MEASURED = 10; // answers that the pace is read from
const CAMERA_TROUBLES = {
  insecure: "The browser keeps the camera from this page, because it came over plain http. It gives one to pages that come over https or are opened from a file. Choose a picture instead: a phone's own camera can take it.",
  missing: "This browser gives no page a camera. Open the page in Chrome, Edge, Firefox or Safari, or choose a picture instead.",
  NotAllowedError: "The camera was refused, by you or by a setting. Allow it by the sign beside the address, then try again; or choose a picture instead.",
  NotFoundError: "No camera was found. Plug one in and try again, or choose a picture instead.",
  NotReadableError: "Another program holds the camera, as a video call does. Close it and try again.",
  ended: "The camera has stopped: it was unplugged, or another program took it. Try again when it is there.",
  other: "The camera could not be opened, and the browser does not say why. Try again, or choose a picture instead.",
};

// `look` is asked to answer for what the video shows, `tell` gets sentences, and `changed` hears whether it is open.
function makeCamera(video, { look, tell, changed }) {
  let stream = null, facing = matchMedia("(pointer: coarse)").matches ? "environment" : "user", times = [];
  let press = 0; // the last one counts: what an earlier one asked for is let go when it comes

  async function open() {
    const mine = ++press;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", window.isSecureContext ? "missing" : "insecure");
      const given = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, facingMode: facing }, audio: false });
      if (mine !== press) return release(given);
      stream = given;
    } catch (error) {
      if (mine === press) close(CAMERA_TROUBLES[error.name] ?? CAMERA_TROUBLES.other);
      return;
    }
    for (const track of stream.getTracks()) track.onended = () => close(CAMERA_TROUBLES.ended);
    video.srcObject = stream;
    await video.play().catch(() => {});
    if (mine !== press) return;
    times = [];
    video.classList.toggle("mirrored", facing === "user");
    changed(true);
    answerOn(stream);
  }

  function close(words = "") {
    press += 1;
    release(stream);
    stream = video.srcObject = null;
    changed(false);
    tell(words, Boolean(words));
  }

  function release(given) {
    for (const track of given?.getTracks() ?? []) { track.onended = null; track.stop(); }
  }

  async function answerOn(mine) {
    while (stream === mine) {
      const idle = document.hidden || video.readyState < 2;
      if (!idle) {
        await look(video);
        times = [...times, performance.now()].slice(-MEASURED);
        if (stream === mine) tell(paceWords(times));
      }
      await new Promise((done) => setTimeout(done, idle ? LOOK_MS : REST_MS));
    }
  }

  function turn() {
    facing = facing === "user" ? "environment" : "user";
    close();
    open();
  }

  addEventListener("pagehide", () => close());
  return { open, close, turn, isOpen: () => stream !== null };
}

function paceWords(times) {
  if (times.length < 3) return "";
  return `${((times.length - 1) * 1000 / (times.at(-1) - times[0])).toFixed(1)} answers a second.`;
}

async function hasTwoCameras() {
  const devices = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []);
  return (devices ?? []).filter(({ kind }) => kind === "videoinput").length > 1;
}
