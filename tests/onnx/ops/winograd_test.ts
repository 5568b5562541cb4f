import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { evaluate, lossOf } from "../_run.ts";

/** Root mean square of the error relative to that of the result: a few times what the doc comment states for one product. */
const LIMIT = { 4: 3e-6, 7: 3e-5 } as const;

const normal = (name: string, count: number) => new RandomStream(3, name).fillNormal(new Float32Array(count));

/** Convolution of pixels [H,W,N,C] with [O,C,3,3], step 1, border of one zero, in float64. */
function oracle(x: Float32Array, w: Float32Array, [h, v, n, c]: readonly number[], out: number): Float64Array {
  const y = new Float64Array(h! * v! * n! * out);
  for (let i = 0; i < h!; i++) {
    for (let j = 0; j < v!; j++) {
      for (let s = 0; s < n!; s++) {
        for (let o = 0; o < out; o++) {
          let sum = 0;
          for (let p = 0; p < 9; p++) {
            const row = i + Math.floor(p / 3) - 1, column = j + p % 3 - 1;
            if (row < 0 || row >= h! || column < 0 || column >= v!) continue;
            for (let k = 0; k < c!; k++) sum += x[((row * v! + column) * n! + s) * c! + k]! * w[(o * c! + k) * 9 + p]!;
          }
          y[((i * v! + j) * n! + s) * out + o] = sum;
        }
      }
    }
  }
  return y;
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0, size = 0;
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return Math.sqrt(error / size);
}

const SHAPES = [[7, 7, 2, 5], [14, 14, 1, 3], [9, 4, 3, 2], [1, 1, 1, 1], [3, 17, 2, 4], [16, 11, 2, 3], [
  9,
  20,
  3,
  2,
]] as const;

Deno.test.each(SHAPES.flatMap((shape) => [[shape, 4], [shape, 7]] as const))(
  "winogradConv() and winogradConvImages() are the convolution, for pixels [%s] in tiles of %s",
  async (shape, tile) => {
    const [h, v, n, c] = shape, out = 6;
    const x = op.input("x", "float32", [h, v, "N", c]), w = op.input("w", "float32", [out, c, 3, 3]);
    const feeds = { x: normal("x", h * v * n * c), w: normal("w", out * c * 9) };
    const kernel = op.winogradKernel(w, tile), asImages = op.winogradConvImages(op.transpose(x, [2, 3, 0, 1]), kernel);
    const { y, images } = await evaluate(
      new Map([[x, { data: feeds.x, shape }], [w, { data: feeds.w, shape: [out, c, 3, 3] }]]),
      { y: op.winogradConv(x, kernel), images: op.transpose(asImages, [2, 3, 0, 1]) },
    );
    assert.deepEqual([y!.shape, images!.shape], [[h, v, n, out], [h, v, n, out]]);
    const expected = oracle(feeds.x, feeds.w, shape, out);
    for (const found of [y!, images!]) {
      const error = relativeError(found.data as Float32Array, expected);
      assert.ok(error <= LIMIT[tile], `relative error ${error}, at most ${LIMIT[tile]} is expected`);
    }
  },
);

Deno.test.each([[4, 7, 7], [7, 7, 7], [4, 12, 9], [7, 9, 16]] as const)(
  "gradients() of winogradConv() and winogradConvImages() are those of conv(), in tiles of %s, %s x %s pixels",
  async (tile, height, width) => {
    const [n, c, out] = [2, 3, 4];
    const x = op.input("x", "float32", [height, width, n, c]), w = op.input("w", "float32", [out, c, 3, 3]);
    const weights = op.constant(normal("loss", height * width * n * out), [height, width, n, out]);
    const images = op.transpose(x, [2, 3, 0, 1]);
    const plain = op.transpose(op.conv(images, w, { pads: [1, 1, 1, 1] }), [2, 3, 0, 1]);
    const kernel = op.winogradKernel(w, tile);
    const [dx, dw] = op.gradients(lossOf(op.winogradConv(x, kernel), weights), [x, w]);
    const asImages = op.transpose(op.winogradConvImages(images, kernel), [2, 3, 0, 1]);
    const [ix, iw] = op.gradients(lossOf(asImages, weights), [x, w]);
    const [px, pw] = op.gradients(lossOf(plain, weights), [x, w]);
    const found = await evaluate(
      new Map([
        [x, { data: normal("x", height * width * n * c), shape: [height, width, n, c] }],
        [w, { data: normal("w", out * c * 9), shape: [out, c, 3, 3] }],
      ]),
      { dx: dx!, dw: dw!, ix: ix!, iw: iw!, px: px!, pw: pw! },
    );
    for (const [ours, theirs] of [["dx", "px"], ["dw", "pw"], ["ix", "px"], ["iw", "pw"]] as const) {
      const error = relativeError(found[ours]!.data as Float32Array, found[theirs]!.data as Float32Array);
      assert.ok(error <= LIMIT[tile], `${ours}: relative error ${error}, at most ${LIMIT[tile]} is expected`);
    }
  },
);

Deno.test("winogradKernel() refuses a kernel that is not 3x3", () => {
  assert.throws(
    () => op.winogradKernel(op.full([4, 4, 5, 5], 0), 4),
    /the weight is \[4, 4, 5, 5\], expected \[O, C, 3, 3\]/,
  );
});

Deno.test("winogradConv() refuses factors of other channels or of no tile", () => {
  const x = op.input("x", "float32", [14, 14, "N", 8]);
  assert.throws(() => op.winogradConv(x, op.full([36, 9, 4], 0)), /do not fit, expected factors \[36 or 81, 8, O\]/);
  assert.throws(() => op.winogradConv(x, op.full([25, 8, 4], 0)), /do not fit/);
  assert.throws(
    () => op.winogradConvImages(x, op.full([36, 8, 4], 0)),
    /do not fit, expected factors \[36 or 81, 14, O\]/,
  );
});
