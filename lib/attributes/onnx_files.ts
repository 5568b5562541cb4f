/**
 * The files that an ONNX model is made of.
 *
 * @module
 */
import { type DecodedModel, decodeModel } from "@/onnx/mod.ts";

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
  const { values } = open(path);
  const outside = [...values.values()].flatMap(({ source }) => source?.kind === "file" ? [source.file] : []);
  return [path, ...[...new Set(outside)].sort()];
}

/** Decodes a file; says which one it is when it is none. */
function open(path: string): DecodedModel {
  try {
    return decodeModel(path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`Cannot read ${path} as an ONNX file: ${cause.message}`, { cause });
  }
}
