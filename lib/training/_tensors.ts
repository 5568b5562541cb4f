/** What a training run writes: weights by the names of its network's state dict. */
import type { ParameterSpec } from "@/networks/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";

/** The values of a network's parameters and buffers, in the order that it asks for them; not copied. */
export function tensorsOf(
  specs: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
): TensorInput[] {
  return specs.map(({ name, shape }) => ({ name, shape, dtype: "float32", data: values.get(name)! }));
}
