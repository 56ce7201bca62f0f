// From a picture's pixels to the network's input, exactly as Pillow and torch do it: the shorter side to `resize`, the
// centre square of side `crop`, each channel less its mean and divided by its deviation.

const PRECISION = 22; // bits behind the point of Pillow's weights: see its Resample.c, which all of this follows
const KERNELS = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
};

function cubic(x) {
  const at = Math.abs(x), a = -0.5;
  if (at < 1) return ((a + 2) * at - (a + 3)) * at * at + 1;
  return at < 2 ? (((at - 5) * at + 8) * at - 4) * a : 0;
}

// What the network is given of a picture: bytes, red, green and blue of one pixel after another.
function centreView({ width, height, data }, { resize, crop, interpolation }) {
  const short = Math.min(width, height), kernel = KERNELS[interpolation.split(",")[0]];
  const sizes = [width, height].map((side) => Math.trunc(resize * side / short));
  const [left, top] = sizes.map((side) => halfToEven((side - crop) / 2));
  const across = weightsOf(width, sizes[0], kernel).slice(left, left + crop);
  const down = weightsOf(height, sizes[1], kernel).slice(top, top + crop);
  return resizedDown(resizedAcross(data, width, height, across), crop, down);
}

function halfToEven(value) { // as Python rounds
  const whole = Math.floor(value), rest = value - whole;
  return rest === 0.5 ? whole + whole % 2 : Math.round(value);
}

// For every pixel of the new side: the first old one that it is made of, and how much each counts, as whole numbers.
function weightsOf(before, after, { support, weight }) {
  const scale = before / after, reach = Math.max(1, scale);
  return [...Array(after).keys()].map((place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * reach + 0.5));
    const end = Math.min(before, Math.trunc(centre + support * reach + 0.5));
    const shares = [];
    for (let k = first; k < end; k++) shares.push(weight((k - centre + 0.5) * (1 / reach)));
    const sum = shares.reduce((total, share) => total + share, 0);
    return { first, counts: Int32Array.from(shares, (share) => fixed(share / sum)) };
  });
}

function fixed(share) { return Math.trunc(share * (1 << PRECISION) + (share < 0 ? -0.5 : 0.5)); }

// The first pass makes rows of the new width; of what a canvas gives, each pixel's fourth byte is left out.
function resizedAcross(data, width, height, across) {
  const made = new Uint8ClampedArray(height * across.length * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (const { first, counts } of across) {
      let red = 1 << (PRECISION - 1), green = red, blue = red, from = (y * width + first) * 4;
      for (const count of counts) {
        red += data[from] * count;
        green += data[from + 1] * count;
        blue += data[from + 2] * count;
        from += 4;
      }
      made[at++] = red >> PRECISION;
      made[at++] = green >> PRECISION;
      made[at++] = blue >> PRECISION;
    }
  }
  return made;
}

function resizedDown(rows, width, down) {
  const line = width * 3, made = new Uint8ClampedArray(down.length * line);
  down.forEach(({ first, counts }, y) => {
    for (let x = 0; x < line; x++) {
      let sum = 1 << (PRECISION - 1), from = first * line + x;
      for (const count of counts) {
        sum += rows[from] * count;
        from += line;
      }
      made[y * line + x] = sum >> PRECISION;
    }
  });
  return made;
}

// Channel after channel, in single precision at every step, as torch computes it.
function normalised(view, { mean, std }) {
  const pixels = view.length / 3, made = new Float32Array(view.length);
  for (let channel = 0; channel < 3; channel++) {
    const middle = Math.fround(mean[channel]), spread = Math.fround(std[channel]);
    for (let k = 0; k < pixels; k++) {
      made[channel * pixels + k] = Math.fround(Math.fround(view[3 * k + channel] / 255) - middle) / spread;
    }
  }
  return made;
}
