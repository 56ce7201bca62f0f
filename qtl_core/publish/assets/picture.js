// From a file or a camera to pixels as the studio reads them: upright, on white, colour profiles not applied.

const AS_IT_IS = { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" };
const HEIC = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"]; // what Apple's photos call themselves inside

// Says in words why a file cannot be looked at.
class NoPicture extends Error {}

async function pixelsOfFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, AS_IT_IS);
  } catch {
    throw new NoPicture(await whyNot(file));
  }
  if (bitmap.width * bitmap.height > RUN.most_pixels) {
    throw new NoPicture(`It has more than ${Math.round(RUN.most_pixels / 1e6)} million pixels. Make it smaller and try again.`);
  }
  const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return pixels;
}

async function whyNot(file) {
  if (!file.size) return "The file is empty.";
  const mark = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (mark.startsWith("ftyp") && HEIC.includes(mark.slice(4))) {
    return "It is a HEIC photo, as iPhones take them, which this browser cannot open. Save it as JPEG, or open this page in Safari.";
  }
  return "It is no picture that this browser can open, or it is damaged. JPEG, PNG and WebP work everywhere.";
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
