/** Applying a network to an image once, however many objectives ask for it. */
import type { Value } from "@/onnx/mod.ts";

const made = new WeakMap<object, WeakMap<Value, unknown>>();

/** What `build` made of this value before, or makes now; the same function and value give the same result. */
export function once<T>(build: (image: Value) => T, image: Value): T {
  let results = made.get(build);
  if (results === undefined) made.set(build, results = new WeakMap());
  if (!results.has(image)) results.set(image, build(image));
  return results.get(image) as T;
}
