/** The file in which a pass over many rows leaves what it knows, so that a stopped one goes on. */
import { type NpyInput, readNpz, writeNpz } from "@/weights/mod.ts";

/** Arrays of a state by name. */
export type StateArrays = Readonly<Record<string, Float64Array>>;

/** Where a pass keeps its state. */
export interface PassState {
  /** The file, .npz; it stays when the pass is complete. Requires `--allow-read` and `--allow-write`. */
  readonly path: string;
  /** What tells the input from others, such as the hash of a file. */
  readonly input: string;
  /** Begin anew over a state of another input or other options, which is refused otherwise. @default {false} */
  readonly replace?: boolean;
}

/** Reads the state of the pass that `key` names; undefined when there is none. */
export function readState({ path, replace = false }: PassState, key: string): Map<string, Float64Array> | undefined {
  let arrays;
  try {
    arrays = readNpz(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const text = arrays.get("key")?.data;
  const found = text instanceof Uint8Array ? new TextDecoder().decode(text) : "something else";
  if (found !== key) {
    if (replace) return undefined;
    throw new RangeError(
      `Cannot go on from ${path}: it belongs to ${found}, this is ${key}; delete it or name another file`,
    );
  }
  const state = new Map<string, Float64Array>();
  for (const [name, { data }] of arrays) if (data instanceof Float64Array) state.set(name, data);
  return state;
}

/** Writes the state. */
export function saveState(path: string, key: string, arrays: StateArrays): void {
  const text = new TextEncoder().encode(key);
  const entries = Object.entries(arrays).filter(([, data]) => data.length > 0);
  const out: Record<string, NpyInput> = { key: { dtype: "uint8", shape: [text.length], data: text } };
  for (const [name, data] of entries) out[name] = { dtype: "float64", shape: [data.length], data };
  writeNpz(path, out);
}

/** Numbers of a state in groups of `size`; none when it has none. */
export function tuples(values: Float64Array = new Float64Array(0), size: number): number[][] {
  return Array.from({ length: values.length / size }, (_, i) => [...values.subarray(i * size, (i + 1) * size)]);
}
