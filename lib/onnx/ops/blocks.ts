/**
 * Blocks of pixels and channels traded for one another.
 *
 * @module
 */
import { checkRank, emit, fixed, show } from "../_node.ts";
import type { Value } from "../types.ts";

/** Side of a block. */
function checkBlock(op: string, block: number): void {
  if (!Number.isInteger(block) || block < 1) {
    throw new RangeError(`Cannot build ${op}: block ${block} is not a whole number from 1`);
  }
}

/**
 * The pixels of every block as channels: the place in the block first, row by row, then the channel.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param block Side b of a block.
 * @returns `[N, b*b*C, H/b, W/b]`.
 * @throws {TypeError} If blocks do not divide the image.
 * @throws {RangeError} If the block is not a whole number from 1.
 *
 * @example Four channels for one
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2]);
 * deepStrictEqual([...(await op.compute(op.spaceToDepth(x, 2))).data], [1, 2, 3, 4]);
 * ```
 */
export function spaceToDepth(x: Value, block: number): Value {
  checkRank("SpaceToDepth", "the operand", x, 4);
  checkBlock("SpaceToDepth", block);
  const [channels, rows, columns] = [1, 2, 3].map((axis) => fixed("SpaceToDepth", x.shape, axis));
  if (rows! % block !== 0 || columns! % block !== 0) {
    throw new TypeError(`Cannot build SpaceToDepth: blocks of ${block} do not divide the images ${show(x.shape)}`);
  }
  const shape = [x.shape[0]!, channels! * block ** 2, rows! / block, columns! / block];
  return emit("SpaceToDepth", [x], x.dtype, shape, { blocksize: { int: block } });
}

/**
 * Channels as the pixels of blocks: takes {@linkcode spaceToDepth} back.
 *
 * @param x Images `[N, b*b*C, H, W]`; all lengths but N fixed.
 * @param block Side b of a block.
 * @returns `[N, C, H*b, W*b]`.
 * @throws {TypeError} If the pixels of a block do not divide the channels.
 * @throws {RangeError} If the block is not a whole number from 1.
 *
 * @example Four pixels of one channel
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual(op.depthToSpace(x, 2).shape, ["N", 2, 14, 14]);
 * ```
 */
export function depthToSpace(x: Value, block: number): Value {
  checkRank("DepthToSpace", "the operand", x, 4);
  checkBlock("DepthToSpace", block);
  const [channels, rows, columns] = [1, 2, 3].map((axis) => fixed("DepthToSpace", x.shape, axis));
  if (channels! % block ** 2 !== 0) {
    throw new TypeError(
      `Cannot build DepthToSpace: the ${block ** 2} pixels of a block do not divide the channels of ${show(x.shape)}`,
    );
  }
  const shape = [x.shape[0]!, channels! / block ** 2, rows! * block, columns! * block];
  return emit("DepthToSpace", [x], x.dtype, shape, { blocksize: { int: block }, mode: { text: "DCR" } });
}
