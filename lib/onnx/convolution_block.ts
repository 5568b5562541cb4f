/**
 * What order of channels the runtime's convolutions have on this processor.
 *
 * @module
 */
import { compute } from "./compute.ts";
import { blockedConv } from "./ops/blocked_conv.ts";
import { conv } from "./ops/convolution.ts";
import { constant } from "./ops/creation.ts";

/** Sizes of a block that are looked for; the runtime's kernels have no others. */
const BLOCKS = [16, 8];

let found: Promise<number | undefined> | undefined;

/**
 * Channels that lie side by side in the runtime's blocked convolutions on this machine, for {@linkcode blockedConv}.
 *
 * Found by trying, once: a few numbers are convolved both ways, and a block that does not give the same result is not used.
 *
 * @returns 16 with AVX-512, 8 with AVX2; undefined where the runtime has no such convolutions.
 *
 * @example Once for all graphs
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * assert.ok([16, 8, undefined].includes(await op.convolutionBlock()));
 * ```
 */
export function convolutionBlock(): Promise<number | undefined> {
  return found ??= findBlock();
}

async function findBlock(): Promise<number | undefined> {
  for (const block of BLOCKS) if (await areTheSame(block).catch(() => false)) return block;
  return undefined;
}

/** Whether convolutions in blocks of that size are right, of colours and of whole blocks. */
async function areTheSame(block: number): Promise<boolean> {
  return await isTheSame(block, 3) && await isTheSame(block, 2 * block);
}

async function isTheSame(block: number, channels: number): Promise<boolean> {
  const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1));
  const x = constant(numbers(channels * 16), [1, channels, 4, 4]);
  const w = constant(numbers(2 * block * channels * 9), [2 * block, channels, 3, 3]);
  const [expected, actual] = [await compute(conv(x, w)), await compute(blockedConv(x, w, { block }))];
  return expected.data.every((value, i) => Math.abs(Number(value) - Number(actual.data[i])) < 1e-4);
}
