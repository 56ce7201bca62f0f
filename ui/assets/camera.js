// The camera of a page, opened once however many components look through it, and let go when the last one stops or the
// page is left; and pictures made small before they travel. Every trouble has its words and what to do.

const FIRST_FACING = window.matchMedia("(pointer: coarse)").matches ? "environment" : "user"; // a phone looks at things
const PAGE_CAMERA = (globalThis[Symbol.for("qtl.camera")] ??= { facing: FIRST_FACING, stream: null, opening: null, users: new Set() });
const WANTED = { width: { ideal: 640 }, height: { ideal: 480 } }; // pictures are no larger
const JPEG_QUALITY = 0.85;

const TROUBLES = {
  insecure: {
    what: "The browser keeps the camera from this page.",
    why: "The page came over plain http from another computer. Browsers give a camera to https, and to the computer that runs the app, alone.",
    does: "Take pictures with the phone's own camera app by the button here, open the app over https, or open it on the computer that runs it.",
  },
  missing: {
    what: "This browser gives no page a camera.",
    why: "It is too old for that, or shows this page inside another app.",
    does: "Open the page in Chrome, Edge, Firefox or Safari, or choose pictures by the button here.",
  },
  refused: {
    what: "The camera was refused.",
    why: "You, or a setting of this browser or computer, said no to this page.",
    does: "Allow it by the camera sign beside the address, or in the settings of the browser and of the system; then press Try again.",
  },
  none: {
    what: "No camera was found.",
    why: "This computer has none, or it is not plugged in or switched off.",
    does: "Plug one in and press Try again, or choose pictures by the button here.",
  },
  busy: {
    what: "The camera is in use.",
    why: "Another program or tab holds it, as a video call does.",
    does: "Close that, then press Try again.",
  },
  ended: {
    what: "The camera has stopped.",
    why: "It was unplugged, switched off, or taken by another program.",
    does: "Press Try again when it is there.",
  },
  other: {
    what: "The camera could not be opened.",
    why: "The browser does not say why.",
    does: "Press Try again, try another browser, or choose pictures by the button here.",
  },
};
const TROUBLE_OF = {
  NotAllowedError: "refused", SecurityError: "refused", PermissionDeniedError: "refused",
  NotFoundError: "none", DevicesNotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "busy", TrackStartError: "busy", AbortError: "busy",
};

// A user is {show(stream, facing), fail(trouble)}; show is called again when the camera is turned round.
function lookThrough(user) {
  PAGE_CAMERA.users.add(user);
  if (PAGE_CAMERA.stream) user.show(PAGE_CAMERA.stream, PAGE_CAMERA.facing);
  else openCamera();
}

function stopLooking(user) {
  PAGE_CAMERA.users.delete(user);
  if (!PAGE_CAMERA.users.size) closeCamera();
}

// The part of a component that looks through the camera: opens and closes it, and says what is in the way. `shown` is told
// when there is something to see, `closing` before there is nothing any more.
function makeLens(root, { shown = () => {}, closing = () => {} } = {}) {
  const find = (selector) => root.querySelector(selector), video = find("video");
  const user = {
    show(stream, facing) {
      video.srcObject = stream;
      video.play().catch(() => {});
      root.dataset.state = "open";
      root.classList.toggle("mirrored", facing === "user");
      find(".mirror").setAttribute("aria-pressed", facing === "user");
      hasTwoCameras().then((two) => { find(".turn").hidden = !two; });
      shown();
    },
    fail(trouble) {
      close();
      root.dataset.state = "trouble";
      find(".trouble").hidden = false;
      for (const part of ["what", "why", "does"]) find(`.trouble .${part}`).textContent = trouble[part];
      find(".again").hidden = ["insecure", "missing"].includes(trouble.kind);
    },
  };
  function open() { root.dataset.state = "opening"; find(".trouble").hidden = true; lookThrough(user); }
  function close() { closing(); stopLooking(user); video.srcObject = null; root.dataset.state = "closed"; }

  find(".close").onclick = () => { close(); find(".open").focus(); };
  find(".turn").onclick = turnCamera;
  find(".mirror").onclick = () => find(".mirror").setAttribute("aria-pressed", root.classList.toggle("mirrored"));
  return { open, close };
}

function turnCamera() {
  PAGE_CAMERA.facing = PAGE_CAMERA.facing === "user" ? "environment" : "user";
  closeCamera();
  openCamera();
}

function openCamera() {
  PAGE_CAMERA.opening ??= askForCamera().finally(() => { PAGE_CAMERA.opening = null; });
}

async function askForCamera() {
  try {
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", window.isSecureContext ? "missing" : "insecure");
    const facing = PAGE_CAMERA.facing;
    const stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, facingMode: facing }, audio: false });
    PAGE_CAMERA.stream = stream;
    if (facing !== PAGE_CAMERA.facing) { closeCamera(); await askForCamera(); return; } // turned round meanwhile
    if (!PAGE_CAMERA.users.size) { closeCamera(); return; } // everybody left meanwhile
    for (const track of stream.getTracks()) track.onended = () => { if (PAGE_CAMERA.stream === stream) failAll("ended"); };
    for (const user of PAGE_CAMERA.users) user.show(stream, PAGE_CAMERA.facing);
  } catch (error) {
    failAll(TROUBLES[error.name] ? error.name : TROUBLE_OF[error.name] ?? "other");
  }
}

function failAll(kind) {
  const users = [...PAGE_CAMERA.users];
  PAGE_CAMERA.users.clear();
  closeCamera();
  for (const user of users) user.fail({ kind, ...TROUBLES[kind] });
}

function closeCamera() {
  for (const track of PAGE_CAMERA.stream?.getTracks() ?? []) { track.onended = null; track.stop(); }
  PAGE_CAMERA.stream = null;
}

if (!PAGE_CAMERA.isWatched) {
  PAGE_CAMERA.isWatched = true;
  window.addEventListener("pagehide", () => failAll("ended"));
}

async function hasTwoCameras() {
  const devices = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []);
  return (devices ?? []).filter((device) => device.kind === "videoinput").length > 1;
}

// Returns what the camera sees now as a JPEG, or null while it sees nothing yet. `side` names which side gets `pixels`.
function grab(video, pixels, side = "longer") {
  if (video.readyState < 2 || !video.videoWidth) return Promise.resolve(null);
  return small(video, video.videoWidth, video.videoHeight, pixels, side);
}

// Returns a chosen file made small, upright; one that this browser cannot read (HEIC in most) goes as it is.
async function shrunk(file, pixels) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    return (await small(bitmap, bitmap.width, bitmap.height, pixels, "longer")) ?? file;
  } catch {
    return file;
  }
}

function small(source, width, height, pixels, side) {
  const share = Math.min(1, pixels / (side === "longer" ? Math.max(width, height) : Math.min(width, height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * share));
  canvas.height = Math.max(1, Math.round(height * share));
  const paint = canvas.getContext("2d");
  paint.fillStyle = "#fff"; // behind what is transparent, as the app reads pictures
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.imageSmoothingQuality = "high";
  paint.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
}
