/**
 * The files that an ONNX model is made of.
 *
 * @module
 */
import { decodeModel } from "@/onnx/mod.ts";

/**
 * Lists a model's file and those that hold its weights, where it keeps them outside, as PyTorch's exporter does.
 *
 * Requires `--allow-read` permission.
 *
 * @param path The model's file.
 * @returns Paths: the model's own first, the others in alphabetical order.
 * @throws {SyntaxError} If it is no ONNX file.
 * @throws {Deno.errors.NotFound} If it is not there.
 *
 * @example A model in one file
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { onnxFiles } from "@/attributes/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".onnx" }), x = op.input("x", "float32", ["N"]);
 * await Deno.writeFile(path, op.buildModel({ inputs: [x], outputs: { y: op.neg(x) } }).bytes);
 * deepStrictEqual(onnxFiles(path), [path]);
 * await Deno.remove(path);
 * ```
 */
export function onnxFiles(path: string): string[] {
  const { values } = decodeModel(path);
  const outside = [...values.values()].flatMap(({ source }) => source?.kind === "file" ? [source.file] : []);
  return [path, ...[...new Set(outside)].sort()];
}
