/**
 * 3x3 convolution with a fraction of the products.
 *
 * Every step is a matrix product or an order of axes, so gradients follow from their own rules. For that, pixels lie before samples and
 * channels: [H,W,N,C]. The matrices are dense over an axis, zero outside a tile: for short axes that is faster than cutting tiles out.
 *
 * @module
 */
import { derived } from "../_derived.ts";
import { checkRank, checkType, fixed, show } from "../_node.ts";
import type { Value } from "../types.ts";
import { type WinogradMatrices, winogradMatrices } from "./_winograd_matrices.ts";
import { constant } from "./creation.ts";
import { mul } from "./arithmetic.ts";
import { fusedMatmul, matmul } from "./linalg.ts";
import { reshape, transpose } from "./shape.ts";

/** Taps of a kernel along an axis. */
const TAPS = 3;

/** Sides of the tiles that {@linkcode winogradConv} offers. */
export type WinogradTile = 4 | 7;

const TILES: readonly WinogradTile[] = [4, 7];

/**
 * Matrices by side of the tile. Of the sets of points tried, these have the smallest rounding error: in float32 8e-7 and 8e-6 of the
 * result in root mean square, where the plain sum has 2e-7; half-precision multiplication as GPUs use for float32 has 3e-4.
 */
const MATRICES: Readonly<Record<WinogradTile, WinogradMatrices>> = {
  4: winogradMatrices([0, 0.6, -0.6, 1.5, -1.5], TAPS),
  7: winogradMatrices([0.3, -0.3, 0.7, -0.7, 1.1, -1.1, 2, -2], TAPS),
};

/**
 * The factors of a 3x3 kernel, which {@linkcode winogradConv} takes.
 *
 * Made of constants it is computed once, when a session is made; {@linkcode compute} makes it ahead.
 *
 * @param w Weight `[O, C, 3, 3]`, all lengths fixed.
 * @param tile Side of the tiles that the convolution works in.
 * @returns Factors `[(tile + 2)^2, C, O]`: 4 times the weight's size for tiles of 4, 9 times for tiles of 7.
 * @throws {TypeError} If w is no 3x3 kernel.
 *
 * @example Tiles of 7
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * deepStrictEqual(op.winogradKernel(op.full([256, 128, 3, 3], 0), 7).shape, [81, 128, 256]);
 * ```
 */
export function winogradKernel(w: Value, tile: WinogradTile): Value {
  checkRank("WinogradKernel", "the weight", w, 4);
  const [, , rows, columns] = w.shape.map((_, axis) => fixed("WinogradKernel", w.shape, axis));
  if (rows !== TAPS || columns !== TAPS) {
    throw new TypeError(`Cannot build WinogradKernel: the weight is ${show(w.shape)}, expected [O, C, 3, 3]`);
  }
  return derived(w, `winogradKernel ${tile}`, () => factorsOf(w, tile));
}

function factorsOf(w: Value, tile: WinogradTile): Value {
  const [out, inn] = w.shape as number[];
  const { kernel } = MATRICES[tile], g = constant(Float32Array.from(kernel.flat()), [kernel.length, TAPS]);
  const taps = transpose(w, [2, 3, 1, 0]); // 3, 3, C, O
  const half = matmul(g, reshape(taps, [TAPS, TAPS * inn! * out!]));
  return reshape(matmul(g, reshape(half, [kernel.length, TAPS, inn! * out!])), [kernel.length ** 2, inn!, out!]);
}

/**
 * Convolution with a 3x3 kernel, step 1 and a border of one zero, by Winograd's F(tile x tile, 3x3).
 *
 * Gives what {@linkcode conv} gives up to rounding, with 1/4 (tiles of 4) or 1/5.4 (tiles of 7) of the products where the tiles
 * fit the image. Worth it from about 128 channels on, where products outweigh the transforms, for images up to about 28x28, whose
 * transforms are dense along an axis, and for several samples at once, which share the reading of the factors.
 *
 * @param x Pixels `[H, W, N, C]`, all lengths but N fixed.
 * @param kernel Factors `[(tile + 2)^2, C, O]` of {@linkcode winogradKernel}.
 * @returns `[H, W, N, O]`.
 * @throws {TypeError} If shapes do not fit, or the factors are of no tile that is offered.
 *
 * @example The same pixels with other channels
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [14, 14, "N", 128]);
 * const kernel = op.winogradKernel(op.full([256, 128, 3, 3], 0), 7);
 * deepStrictEqual(op.winogradConv(x, kernel).shape, [14, 14, "N", 256]);
 * ```
 */
export function winogradConv(x: Value, kernel: Value): Value {
  const { tile, out } = checkFactors(x, kernel, 3);
  const [height, width, channels] = [0, 1, 3].map((axis) => fixed("WinogradConv", x.shape, axis));
  const factors = tile + TAPS - 1, rows = Math.ceil(height! / tile), columns = Math.ceil(width! / tile);
  const batch = x.shape[2]!;
  let v = matmul(toFactors(height!, tile), reshape(x, [height!, -1])); // f rows, W N C
  v = matmul(toFactors(width!, tile), reshape(v, [factors * rows, width!, -1])); // f rows, f columns, N C
  v = transpose(reshape(v, [factors, rows, factors, columns, batch, channels!]), [0, 2, 1, 3, 4, 5]);
  v = matmul(reshape(v, [factors ** 2, -1, channels!]), kernel); // f f, rows columns N, O
  v = transpose(reshape(v, [factors, factors, rows, columns, batch, out]), [0, 2, 1, 3, 4, 5]);
  v = matmul(fromFactors(width!, tile), reshape(v, [factors * rows, factors * columns, -1])); // f rows, W, N O
  v = matmul(fromFactors(height!, tile), reshape(v, [factors * rows, -1])); // H, W N O
  return reshape(v, [height!, width!, batch, out]);
}

/**
 * {@linkcode winogradConv} of images, changes of the order of axes included.
 *
 * @param x Images `[N, C, H, W]`, all lengths but N fixed.
 * @param kernel Factors `[(tile + 2)^2, C, O]` of {@linkcode winogradKernel}.
 * @returns `[N, O, H, W]`.
 * @throws {TypeError} If shapes do not fit, or the factors are of no tile that is offered.
 *
 * @example The same pixels with other channels
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 128, 7, 7]);
 * const kernel = op.winogradKernel(op.full([256, 128, 3, 3], 0), 4);
 * deepStrictEqual(op.winogradConvImages(x, kernel).shape, ["N", 256, 7, 7]);
 * ```
 */
export function winogradConvImages(x: Value, kernel: Value): Value {
  const { tile, out } = checkFactors(x, kernel, 1);
  const [channels, height, width] = [1, 2, 3].map((axis) => fixed("WinogradConv", x.shape, axis)) as [
    number,
    number,
    number,
  ];
  const grid = { factors: tile + TAPS - 1, rows: Math.ceil(height / tile), columns: Math.ceil(width / tile) };
  const sizes = { ...grid, channels, height, width, tile, out, batch: x.shape[0]! };
  return height * width <= SMALL_AREA ? bothAxesAtOnce(x, kernel, sizes) : oneAxisAfterTheOther(x, kernel, sizes);
}

/** Pixels of an image up to which one product for both axes costs less than a product for each and a change of axes between. */
const SMALL_AREA = 64;

/** Sizes of a convolution of images: pixels, tiles, and factors along a tile. */
interface Sizes {
  readonly batch: Value["shape"][number];
  readonly channels: number;
  readonly out: number;
  readonly height: number;
  readonly width: number;
  readonly tile: WinogradTile;
  readonly factors: number;
  readonly rows: number;
  readonly columns: number;
}

function bothAxesAtOnce(x: Value, kernel: Value, sizes: Sizes): Value {
  const { batch, channels, out, height, width, tile, factors, rows, columns } = sizes;
  const area = height * width, grid = [factors, rows, factors, columns];
  const into = both(toFactors(height, tile), toFactors(width, tile)); // f rows f columns, H W
  const onto = both(fromFactors(height, tile), fromFactors(width, tile)); // H W, f rows f columns
  const inward = reshape(transpose(reshape(into, [...grid, area]), [0, 2, 1, 3, 4]), [-1, area]); // f f rows columns, H W
  const outward = reshape(transpose(reshape(onto, [area, ...grid]), [0, 1, 3, 2, 4]), [area, -1]);
  let v = fusedMatmul(inward, reshape(x, [-1, area]), false, true); // f f rows columns, N C
  v = matmul(reshape(v, [factors ** 2, -1, channels]), kernel); // f f, rows columns N, O
  v = fusedMatmul(reshape(v, [factors ** 2 * rows * columns, -1]), outward, true, true); // N O, H W
  return reshape(v, [batch, out, height, width]);
}

/**
 * Channels go last first, which the runtime does fast; the other changes of axes then move whole rows of channels. All at once they
 * take five times as long.
 */
function oneAxisAfterTheOther(x: Value, kernel: Value, sizes: Sizes): Value {
  const { batch, channels, out, height, width, tile, factors, rows, columns } = sizes;
  let v = reshape(transpose(x, [0, 2, 3, 1]), [batch, height, width * channels]);
  v = reshape(matmul(toFactors(height, tile), v), [batch, factors * rows, width, channels]);
  v = reshape(transpose(v, [1, 2, 0, 3]), [factors * rows, width, -1]); // f rows, W, N C
  v = reshape(matmul(toFactors(width, tile), v), [factors, rows, factors, columns, batch, channels]);
  v = matmul(reshape(transpose(v, [0, 2, 1, 3, 4, 5]), [factors ** 2, -1, channels]), kernel); // f f, rows columns N, O
  v = transpose(reshape(v, [factors, factors, rows, columns, batch, out]), [0, 2, 1, 3, 4, 5]);
  v = matmul(fromFactors(width, tile), reshape(v, [factors * rows, factors * columns, -1])); // f rows, W, N O
  v = reshape(transpose(reshape(v, [factors * rows, width, batch, out]), [2, 0, 1, 3]), [
    batch,
    factors * rows,
    width * out,
  ]);
  return transpose(reshape(matmul(fromFactors(height, tile), v), [batch, height, width, out]), [0, 3, 1, 2]);
}

/** Side of the tiles and number of outputs, for an operand with its channels on an axis. */
function checkFactors(x: Value, kernel: Value, axis: number): { tile: WinogradTile; out: number } {
  checkRank("WinogradConv", "the operand", x, 4);
  checkRank("WinogradConv", "the kernel", kernel, 3);
  checkType("WinogradConv", "the kernel", kernel, x.dtype);
  const [products, inn, out] = kernel.shape as number[], channels = fixed("WinogradConv", x.shape, axis);
  const tile = TILES.find((side) => (side + TAPS - 1) ** 2 === products);
  if (tile === undefined || inn !== channels) {
    throw new TypeError(
      `Cannot build WinogradConv: operand ${show(x.shape)} and kernel ${show(kernel.shape)} do not fit, ` +
        `expected factors [${TILES.map((side) => (side + TAPS - 1) ** 2).join(" or ")}, ${channels}, O]`,
    );
  }
  return { tile, out: out! };
}

/** Kronecker's product of two constant matrices [A,B] and [C,D], `[A C, B D]`: what each does to an axis of an image. */
function both(down: Value, across: Value): Value {
  const [a, b] = down.shape as [number, number], [c, d] = across.shape as [number, number];
  const product = mul(reshape(down, [a, 1, b, 1]), reshape(across, [1, c, 1, d]));
  return reshape(product, [a * c, b * d]);
}

/** Pixels of an axis to factors of all its tiles, `[factors * tiles, length]`; the zero border is pixels that are not there. */
function toFactors(length: number, tile: WinogradTile): Value {
  const { input } = MATRICES[tile], count = Math.ceil(length / tile);
  const data = new Float32Array(input.length * count * length);
  input.forEach((row, a) =>
    row.forEach((value, k) => {
      for (let t = 0; t < count; t++) {
        const pixel = tile * t + k - 1;
        if (pixel >= 0 && pixel < length) data[(a * count + t) * length + pixel] = value;
      }
    })
  );
  return constant(data, [input.length * count, length]);
}

/** Products of all tiles of an axis to its pixels, `[length, factors * tiles]`. */
function fromFactors(length: number, tile: WinogradTile): Value {
  const { input, output } = MATRICES[tile], count = Math.ceil(length / tile), width = input.length * count;
  const data = new Float32Array(length * width);
  for (let pixel = 0; pixel < length; pixel++) {
    const t = Math.floor(pixel / tile);
    output[pixel % tile]!.forEach((value, a) => data[pixel * width + a * count + t] = value);
  }
  return constant(data, [length, width]);
}
