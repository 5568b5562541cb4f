/**
 * Where the one number is in what an estimator of one's own gives, in a word: for command lines and recipes.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { OnnxEstimatorOptions } from "./onnx_estimator.ts";

/**
 * Reads where the number is.
 *
 * | text | the model gives |
 * |---|---|
 * | `number` | one number an image: [N] or [N,1] |
 * | `norm` | features [N,D], of which the length counts, as MagFace's |
 * | `0`, `1`, ... | columns [N,K], of which this one counts |
 *
 * @param text The word.
 * @returns Options of an estimator.
 * @throws {SyntaxError} If it is none of these.
 *
 * @example A column
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { parseScoreOutput } from "@/attributes/mod.ts";
 *
 * deepStrictEqual(parseScoreOutput("2"), { column: 2 });
 * ```
 */
export function parseScoreOutput(text: string): Pick<OnnxEstimatorOptions, "column" | "read"> {
  if (text === "number") return {};
  if (text === "norm") return { read: (features) => op.squeeze(op.l2norm(op.flatten(features), 1), [1]) };
  if (/^\d{1,6}$/.test(text)) return { column: Number(text) };
  throw new SyntaxError(`Cannot read score output "${text}": expected number, norm, or a column from 0`);
}
