/** What is made of a value once, however often it is asked for: the runtime does not merge parts of a graph that hold constants of their own. */
import type { Value } from "./types.ts";

const made = new WeakMap<Value, Map<string, Value>>();

/**
 * A value that follows from another one alone.
 *
 * @param of The other one.
 * @param name What it is; one name, one way to make it.
 * @param make Makes it.
 */
export function derived(of: Value, name: string, make: () => Value): Value {
  const known = made.get(of) ?? new Map<string, Value>();
  made.set(of, known);
  const value = known.get(name) ?? make();
  known.set(name, value);
  return value;
}
