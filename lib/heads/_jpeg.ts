/**
 * The damage that baseline JPEG with 4:2:0 chroma does to a picture, without making a file: every 8x8 block goes
 * through the cosine transform and is rounded with the quantisation tables of ITU-T T.81, Annex K, scaled as libjpeg does.
 */

// deno-fmt-ignore
const LUMA = Int32Array.of(
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
);
// deno-fmt-ignore
const CHROMA = Int32Array.of(
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
);
const BASIS = new Float64Array(64);
for (let u = 0; u < 8; u++) {
  for (let x = 0; x < 8; x++) {
    BASIS[8 * u + x] = (u === 0 ? Math.sqrt(1 / 8) : 0.5) *
      Math.cos((2 * x + 1) * u * Math.PI / 16);
  }
}
const before = new Float64Array(64),
  middle = new Float64Array(64),
  after = new Float64Array(64);

/** Damages RGB bytes in place; width and height must be multiples of 16; quality 1..100. */
export function jpegDamage(
  data: Uint8Array,
  width: number,
  height: number,
  quality: number,
): void {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const table = (base: Int32Array) => base.map((q) => Math.min(255, Math.max(1, Math.floor((q * scale + 50) / 100))));
  const n = width * height;
  const luma = new Float32Array(n), cw = width >> 1, ch = height >> 1;
  const blue = new Float32Array(cw * ch), red = new Float32Array(cw * ch);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x, c = (y >> 1) * cw + (x >> 1);
      const r = data[3 * p]!, g = data[3 * p + 1]!, b = data[3 * p + 2]!;
      luma[p] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      blue[c]! += 0.25 * (-0.168736 * r - 0.331264 * g + 0.5 * b);
      red[c]! += 0.25 * (0.5 * r - 0.418688 * g - 0.081312 * b);
    }
  }
  const chroma = table(CHROMA);
  blocks(luma, width, height, table(LUMA));
  blocks(blue, cw, ch, chroma);
  blocks(red, cw, ch, chroma);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x, c = (y >> 1) * cw + (x >> 1);
      const l = luma[p]! + 128, u = blue[c]!, v = red[c]!;
      data[3 * p] = byte(l + 1.402 * v);
      data[3 * p + 1] = byte(l - 0.344136 * u - 0.714136 * v);
      data[3 * p + 2] = byte(l + 1.772 * u);
    }
  }
}

function byte(v: number): number {
  return v < 0 ? 0 : v > 254.5 ? 255 : v + 0.5;
}

function blocks(
  plane: Float32Array,
  width: number,
  height: number,
  table: Int32Array,
): void {
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      for (let i = 0; i < 64; i++) {
        before[i] = plane[(y + (i >> 3)) * width + x + (i & 7)]!;
      }
      transform(before, middle, false);
      for (let i = 0; i < 64; i++) {
        before[i] = Math.round(middle[i]! / table[i]!) * table[i]!;
      }
      transform(before, middle, true);
      for (let i = 0; i < 64; i++) {
        plane[(y + (i >> 3)) * width + x + (i & 7)] = middle[i]!;
      }
    }
  }
}

/** Two-dimensional cosine transform of `from` into `to`, or back. */
function transform(from: Float64Array, to: Float64Array, back: boolean): void {
  for (let i = 0; i < 8; i++) {
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let j = 0; j < 8; j++) {
        sum += from[8 * i + j]! *
          (back ? BASIS[8 * j + k]! : BASIS[8 * k + j]!);
      }
      after[8 * i + k] = sum;
    }
  }
  for (let i = 0; i < 8; i++) {
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let j = 0; j < 8; j++) {
        sum += after[8 * j + i]! *
          (back ? BASIS[8 * j + k]! : BASIS[8 * k + j]!);
      }
      to[8 * k + i] = sum;
    }
  }
}
