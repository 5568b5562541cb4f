/** @file Asking for a tensor that a network needs. */

import { nearestNames } from "./_nearest.ts";
import type { StoredTensor, WeightFile } from "./weight_file.ts";

/**
 * Gives a tensor of the expected shape, or an error that says what the file has instead.
 *
 * @example A misspelt name
 * ```ts
 * import assert from "node:assert/strict";
 * import { openWeights, requireTensor, writeSafetensors } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync();
 * writeSafetensors(path, [{ name: "fc.weight", dtype: "float32", shape: [1, 2], data: new Float32Array(2) }]);
 * const file = openWeights(path);
 * assert.equal(requireTensor(file, "fc.weight", [1, 2]).dtype, "float32");
 * assert.throws(() => requireTensor(file, "fc.wieght", [1, 2]), /nearest are "fc.weight"/);
 * Deno.removeSync(path);
 * ```
 *
 * @param file An opened weight file.
 * @param name Name in the state dict.
 * @param shape Expected dimensions; default any.
 * @returns The tensor's place, type and shape.
 * @throws {RangeError} If there is no tensor of this name; the nearest names are listed.
 * @throws {TypeError} If its shape is another, or it is of a kind that cannot be read.
 */
export function requireTensor(
  file: WeightFile,
  name: string,
  shape?: readonly number[],
): StoredTensor {
  const tensor = file.tensors.get(name);
  if (tensor === undefined) {
    const { skipped } = file.metadata;
    if (Object.hasOwn(skipped, name)) {
      throw new TypeError(
        `Cannot use tensor "${name}" of "${file.path}": ${skipped[name]}`,
      );
    }
    throw new RangeError(
      `Cannot find tensor "${name}": ${nearestNames(file, name)}`,
    );
  }
  if (
    shape !== undefined &&
    !(shape.length === tensor.shape.length &&
      shape.every((d, i) => d === tensor.shape[i]))
  ) {
    throw new TypeError(
      `Cannot use tensor "${name}" of "${file.path}": expected shape [${shape.join(", ")}], ` +
        `found [${tensor.shape.join(", ")}]; the weights are of another network or size`,
    );
  }
  return tensor;
}
