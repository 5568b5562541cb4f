/**
 * The Philox4x32-10 bijection on 128-bit counters, written without allocations.
 *
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011),
 * https://www.thesalmons.org/john/random123/ . Round constants are those of the paper.
 *
 * Deviation: the 32x32 -> 64 bit products are put together from 16-bit halves with `Math.imul`,
 * so every step stays in 32-bit integers, which V8 keeps in registers.
 */

/**
 * Enciphers one counter and writes the four result words into `out` as signed 32-bit integers.
 *
 * @param out Receives the four words.
 * @param c0 Counter word 0 (least significant).
 * @param c1 Counter word 1.
 * @param c2 Counter word 2.
 * @param c3 Counter word 3.
 * @param k0 Key word 0.
 * @param k1 Key word 1.
 */
export function philoxBlock(
  out: Int32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  let u: number, v: number, low: number, high: number;
  for (let round = 0; round < 10; round++) {
    // hi0:lo0 = 0xD2511F53 * c0
    low = c0 & 0xffff;
    high = c0 >>> 16;
    u = (Math.imul(high, 0x1f53) + (Math.imul(low, 0x1f53) >>> 16)) | 0;
    v = (Math.imul(low, 0xd251) + (u & 0xffff)) | 0;
    const hi0 = (Math.imul(high, 0xd251) + (u >>> 16) + (v >>> 16)) | 0;
    const lo0 = Math.imul(c0, 0xd2511f53);
    // hi1:lo1 = 0xCD9E8D57 * c2
    low = c2 & 0xffff;
    high = c2 >>> 16;
    u = (Math.imul(high, 0x8d57) + (Math.imul(low, 0x8d57) >>> 16)) | 0;
    v = (Math.imul(low, 0xcd9e) + (u & 0xffff)) | 0;
    const hi1 = (Math.imul(high, 0xcd9e) + (u >>> 16) + (v >>> 16)) | 0;
    const lo1 = Math.imul(c2, 0xcd9e8d57);
    c0 = hi1 ^ c1 ^ k0;
    c1 = lo1;
    c2 = hi0 ^ c3 ^ k1;
    c3 = lo0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
