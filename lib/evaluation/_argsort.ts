/** The order of numbers, for lists too long to sort by a comparing function. */

/** Bits of a number sorted in one round. */
const DIGIT = 16;

/** Indices of finite numbers from the largest to the smallest, equal ones in their order. */
export function orderDown(values: Float64Array): Uint32Array {
  const count = values.length;
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
  const high = new Uint32Array(count), low = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    // Falling numbers become rising unsigned ones: positive numbers have their bits turned over, both zeros are one.
    const zero = values[i] === 0, h = zero ? 0 : bits[2 * i + 1]!, l = zero ? 0 : bits[2 * i]!;
    const negative = h >>> 31 === 1;
    high[i] = negative ? h : ~h & 0x7fffffff;
    low[i] = negative ? l : ~l;
  }
  let order = Uint32Array.from({ length: count }, (_, i) => i), next = new Uint32Array(count);
  const starts = new Uint32Array(2 ** DIGIT);
  for (let round = 0; round < 64 / DIGIT; round++) {
    const keys = round < 32 / DIGIT ? low : high, shift = round * DIGIT % 32;
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[(keys[i]! >>> shift) & 0xffff]!++;
    for (let digit = 0, at = 0; digit < starts.length; digit++) {
      const size = starts[digit]!;
      starts[digit] = at;
      at += size;
    }
    for (let k = 0; k < count; k++) {
      const i = order[k]!;
      next[starts[(keys[i]! >>> shift) & 0xffff]!++] = i;
    }
    [order, next] = [next, order];
  }
  return order;
}
