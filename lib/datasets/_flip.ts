/**
 * Mirrored images.
 */

/** Mirrors images [N, 3, size, size] left to right into a new tensor. */
export function mirrored(images: Float32Array, size: number): Float32Array {
  const out = new Float32Array(images.length);
  for (let row = 0; row < images.length; row += size) {
    for (let x = 0; x < size; x++) out[row + x] = images[row + size - 1 - x]!;
  }
  return out;
}
