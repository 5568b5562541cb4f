/**
 * Unit rows as small integers, with the length of what rounding takes away from each row.
 *
 * The left side is unsigned with zero point 128 and one scale for all rows, the right side signed with a scale for each row
 * and 7 bits, -64..64: x86 processors without VNNI add two products in 16 bits, and 2 x 255 x 64 = 32640 still
 * fits (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html#when-and-why-do-i-need-to-try-u8u8),
 * so the integer products are exact on every machine.
 */

/** Left rows: [P, D] with P padded rows. */
export interface QuantisedLeft {
  readonly data: Uint8Array;
  /** One step in cosine units. */
  readonly scale: Float32Array;
  /** Largest length of (unit row - its rounded form). */
  readonly residual: number;
}

/** Right rows, transposed: [D, P]. */
export interface QuantisedRight {
  /** Bits of signed bytes. */
  readonly data: Uint8Array;
  /** One step for each row, [P]. */
  readonly scale: Float32Array;
  readonly residual: number;
}

const ZERO_POINT = 128;
const LEFT_STEPS = 127;
const RIGHT_STEPS = 64;

/** Quantises rows as stored; rows of padding become zeros. */
export function quantiseLeft(rows: Float32Array, norms: Float64Array, width: number, padded: number): QuantisedLeft {
  const data = new Uint8Array(padded * width).fill(ZERO_POINT, norms.length * width);
  let largest = 0;
  for (let i = 0; i < norms.length; i++) largest = Math.max(largest, largestOf(rows, i, width) / norms[i]!);
  const step = Math.fround(largest / LEFT_STEPS);
  let worst = 0;
  for (let i = 0; i < norms.length; i++) {
    const toUnit = 1 / norms[i]!, toSteps = toUnit / step;
    let lost = 0;
    for (let at = i * width, end = at + width; at < end; at++) {
      const x = rows[at]!;
      const q = (x * toSteps + (ZERO_POINT + 0.5)) | 0; // positive, so cut off is rounded down
      const e = x * toUnit - (q - ZERO_POINT) * step;
      data[at] = q;
      lost += e * e;
    }
    worst = Math.max(worst, lost);
  }
  return { data, scale: Float32Array.of(step), residual: Math.sqrt(worst) };
}

/** Quantises rows as stored and transposes them. */
export function quantiseRight(rows: Float32Array, norms: Float64Array, width: number, padded: number): QuantisedRight {
  const count = norms.length;
  const lines = new Int8Array(count * width); // [N, D]
  const scale = new Float32Array(padded).fill(1);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const toUnit = 1 / norms[i]!;
    const step = Math.fround(largestOf(rows, i, width) * toUnit / RIGHT_STEPS);
    const toSteps = toUnit / step;
    let lost = 0;
    for (let at = i * width, end = at + width; at < end; at++) {
      const x = rows[at]!;
      const q = ((x * toSteps + (RIGHT_STEPS + 0.5)) | 0) - RIGHT_STEPS;
      const e = x * toUnit - q * step;
      lines[at] = q;
      lost += e * e;
    }
    scale[i] = step;
    worst = Math.max(worst, lost);
  }
  return { data: transpose(lines, count, width, padded), scale, residual: Math.sqrt(worst) };
}

function largestOf(rows: Float32Array, i: number, width: number): number {
  let largest = 0;
  for (let at = i * width, end = at + width; at < end; at++) {
    const x = Math.abs(rows[at]!);
    if (x > largest) largest = x;
  }
  return largest;
}

/** Side of the squares that are transposed together, so that both sides stay in the first cache. */
const TILE = 32;

/** [N, D] to [D, P], zeros where P > N. */
function transpose(lines: Int8Array, count: number, width: number, padded: number): Uint8Array {
  const out = new Uint8Array(width * padded);
  for (let i0 = 0; i0 < count; i0 += TILE) {
    const iEnd = Math.min(count, i0 + TILE);
    for (let d = 0; d < width; d++) {
      const to = d * padded;
      for (let i = i0; i < iEnd; i++) out[to + i] = lines[i * width + d]!;
    }
  }
  return out;
}
