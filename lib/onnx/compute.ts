/**
 * Computing a value once, for notebooks and tests.
 *
 * @module
 */
import { buildModel } from "./model.ts";
import { identity } from "./ops/conversion.ts";
import { createSession, type Tensor } from "./session.ts";
import type { Value } from "./types.ts";

/**
 * Builds a graph, runs it once and releases it; for more than one run make a session. Requires `--allow-ffi`.
 *
 * @param value What to compute.
 * @param feeds Tensors for the graph inputs that it depends on.
 * @returns Its elements, shape and type.
 * @throws {TypeError} If an input is missing or does not fit.
 *
 * @example A sum with an input
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N"]);
 * const feeds = new Map([[x, { data: Float32Array.of(1, 2), shape: [2] }]]);
 * deepStrictEqual(await op.compute(op.add(x, 1), feeds), {
 *   data: Float32Array.of(2, 3),
 *   shape: [2],
 *   dtype: "float32",
 * });
 * ```
 */
export async function compute(value: Value, feeds: ReadonlyMap<Value, Tensor> = new Map()): Promise<Required<Tensor>> {
  const model = buildModel({ inputs: [...feeds.keys()], outputs: { result: identity(value) } });
  await using session = await createSession(model, { optimise: false });
  const results = await session.run(Object.fromEntries([...feeds].map(([input, tensor]) => [input.name!, tensor])));
  return results["result"]!;
}
