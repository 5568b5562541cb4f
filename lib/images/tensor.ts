/**
 * Between images and the tensors that networks take: Float32Array [N, 3, H, W], RGB, values in [-1, 1].
 */

import { assertPixels, type Pixels } from "./pixels.ts";

/**
 * Takes one image out of a batch: (x + 1) * 127.5, rounded and clipped to 0..255.
 *
 * @param data Tensor [N, 3, size, size] in [-1, 1]; values outside are clipped, NaN becomes 0.
 * @param index Which image, 0..N-1.
 * @param size Width and height in pixels.
 * @returns The image.
 * @throws {TypeError} When the tensor's length is not N * 3 * size * size.
 * @throws {RangeError} When `index` or `size` is outside its range.
 *
 * @example The second image of a batch
 * ```ts
 * import { fromTensor } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const batch = Float32Array.of(0, 0, 0, -1, 0, 1); // two images of 1x1
 * assert.deepEqual([...fromTensor(batch, 1, 1).data], [0, 128, 255]);
 * ```
 */
export function fromTensor(
  data: Float32Array,
  index: number,
  size = 112,
): Pixels {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(
      `Cannot take image from tensor: size is ${size}, expected a positive integer`,
    );
  }
  const area = size * size;
  const count = data.length / (3 * area);
  if (!Number.isInteger(count)) {
    throw new TypeError(
      `Cannot take image from tensor: it has ${data.length} values, expected a multiple of ${
        3 * area
      } (3x${size}x${size})`,
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(
      `Cannot take image from tensor: index is ${index}, expected an integer in 0..${count - 1}`,
    );
  }
  const bytes = new Uint8Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const start = (3 * index + channel) * area;
    for (let i = 0; i < area; i++) {
      const value = Math.floor((data[start + i]! + 1) * 127.5 + 0.5);
      bytes[3 * i + channel] = value > 255 ? 255 : value > 0 ? value : 0;
    }
  }
  return { width: size, height: size, data: bytes };
}

/**
 * Puts images into a batch: x / 127.5 - 1.
 *
 * @param images N images of one size, H by W.
 * @param out Array to write to, of N * 3 * H * W values; a new one when left out.
 * @returns Tensor [N, 3, H, W] in [-1, 1].
 * @throws {TypeError} When the images differ in size or `out` has another length.
 *
 * @example Round trip
 * ```ts
 * import { fromTensor, toTensor } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { width: 1, height: 1, data: Uint8Array.of(3, 77, 250) };
 * assert.deepEqual(fromTensor(toTensor([image]), 0, 1), image);
 * ```
 */
export function toTensor<T extends ArrayBufferLike = ArrayBuffer>(
  images: readonly Pixels[],
  out?: Float32Array<T>,
): Float32Array<T> {
  const { width, height } = images[0] ?? { width: 0, height: 0 };
  const area = width * height;
  const length = images.length * 3 * area;
  const tensor = out ?? new Float32Array(length) as Float32Array<T>;
  if (tensor.length !== length) {
    throw new TypeError(
      `Cannot put images into tensor: it holds ${tensor.length} values, expected ${length} ` +
        `(${images.length}x3x${height}x${width})`,
    );
  }
  images.forEach((image, n) => {
    assertPixels(image, `put image ${n} into tensor`);
    if (image.width !== width || image.height !== height) {
      throw new TypeError(
        `Cannot put images into tensor: image ${n} is ${image.width}x${image.height}, image 0 is ${width}x${height}`,
      );
    }
    for (let channel = 0; channel < 3; channel++) {
      const start = (3 * n + channel) * area;
      for (let i = 0; i < area; i++) {
        tensor[start + i] = image.data[3 * i + channel]! / 127.5 - 1;
      }
    }
  });
  return tensor;
}
