// From a file or a camera to pixels as the studio reads them: upright, on white, colour profiles not applied.

const AS_IT_IS = { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" };
// Kinds that few browsers open, told by how a file begins, a byte a character.
const CLOSED = [
  { begins: /^....ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/s, kind: "a HEIC photo, as iPhones take them" },
  { begins: /^(II[*+]\0|MM\0[*+])/, kind: "a TIFF, or a camera's raw photo" },
  { begins: /^(\xff\x0a|\0\0\0\x0cJXL )/, kind: "a JPEG XL picture" },
  { begins: /^%PDF/, kind: "a PDF, and no picture" },
  { begins: /<svg/, kind: "a drawing (SVG)" },
];
const BEGINNING = 512; // bytes that tell a kind: an SVG may say other things first
const OPENED = "JPEG, PNG, WebP, GIF, AVIF and BMP";

// Says in words why a file cannot be looked at.
class NoPicture extends Error {}

async function pixelsOfFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, AS_IT_IS);
  } catch {
    throw new NoPicture(await whyNot(file));
  }
  const trouble = sizeTrouble(bitmap);
  if (trouble) throw new NoPicture(trouble);
  const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return pixels;
}

// What the studio would not look at either, "" for the rest.
function sizeTrouble({ width, height }) {
  if (width * height > RUN.most_pixels) {
    return `It has more than ${Math.round(RUN.most_pixels / 1e6)} million pixels. Make it smaller and try again.`;
  }
  const isStrip = Math.max(width, height) > RUN.most_side_ratio * Math.min(width, height);
  return isStrip ? `It is a strip of ${width} x ${height} pixels, longer than ${RUN.most_side_ratio} times its breadth. Cut a piece from it and try that.` : "";
}

async function whyNot(file) {
  if (!file.size) return "The file is empty.";
  const begin = new TextDecoder("latin1").decode(await file.slice(0, BEGINNING).arrayBuffer().catch(() => new ArrayBuffer(0)));
  const closed = CLOSED.find(({ begins }) => begins.test(begin));
  if (closed) return `It is ${closed.kind}, which this browser cannot open. It opens ${OPENED}: save the picture as JPEG or PNG, and choose that.`;
  return `It is no picture that this browser can open, or it is damaged. It opens ${OPENED}.`;
}

// What has to be said of a picture that was answered, "" where nothing has.
async function remarkOn(file) {
  const begin = new Uint8Array(await file.slice(0, 25).arrayBuffer());
  const isDeep = String.fromCharCode(...begin.slice(1, 4)) === "PNG" && begin[24] === 16;
  return isDeep ? "A PNG of 16 bits: browsers read the upper 8 of them, so that this answer can differ from the studio's." : "";
}

function pixelsOf(source, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#FFFFFF";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(source, 0, 0);
  return pen.getImageData(0, 0, width, height);
}

// Shows on a canvas what the network is given.
function paintView(canvas, view, side) {
  const image = new ImageData(side, side);
  for (let k = 0; k < side * side; k++) image.data.set([view[3 * k], view[3 * k + 1], view[3 * k + 2], 255], 4 * k);
  canvas.width = canvas.height = side;
  canvas.getContext("2d").putImageData(image, 0, 0);
}
