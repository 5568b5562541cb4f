/**
 * Arithmetic on axis lengths while a model is decoded.
 *
 * Exporters write `x.reshape(x.shape[0], -1)` as Shape, Gather, Concat and Reshape. Following the whole numbers through
 * those nodes, names such as `N` included, gives the reshape its lengths before anything runs.
 */
import { divideExtents, extentOf } from "./_extent.ts";
import type { DataType, Dim, Value } from "./types.ts";
import type { NodeProto } from "./_model_proto.ts";

/** Most elements that are followed; lists of lengths are short. */
const MAX_LENGTH = 256;

/** Types that take part; truth values as 0 and 1. */
const FOLLOWED: ReadonlySet<DataType> = new Set<DataType>(["int64", "int32", "bool"]);

/** Whole numbers of values, as far as they are known. */
export class KnownInts {
  readonly #known = new Map<Value, readonly Dim[]>();

  /** Numbers of an int64 or int32 value of rank 0 or 1, or undefined. */
  get(value: Value | undefined): readonly Dim[] | undefined {
    if (value === undefined) return undefined;
    const { source } = value;
    if (source?.kind === "memory" && source.data.length <= MAX_LENGTH) {
      const { data } = source;
      if (FOLLOWED.has(value.dtype)) return Array.from(data as ArrayLike<number | bigint>, Number);
    }
    return this.#known.get(value);
  }

  /** Numbers without names, or undefined. */
  numbers(value: Value | undefined): readonly number[] | undefined {
    const list = this.get(value);
    return list?.every((n): n is number => typeof n === "number") ? list : undefined;
  }

  /** Remembers the numbers of a node's result, if they follow from its operands. */
  follow(node: NodeProto, inputs: readonly (Value | undefined)[], result: Value): void {
    if (!FOLLOWED.has(result.dtype)) return;
    const found = this.#evaluate(node, inputs);
    if (found !== undefined && found.length <= MAX_LENGTH) this.#known.set(result, found);
  }

  #evaluate(node: NodeProto, inputs: readonly (Value | undefined)[]): readonly Dim[] | undefined {
    const [a, b] = inputs;
    const x = this.get(a), y = this.get(b);
    switch (node.op) {
      case "Shape": {
        const from = node.attributes.get("start"), to = node.attributes.get("end");
        const at = (v: typeof from) => v !== undefined && "int" in v ? v.int : undefined;
        return a!.shape.slice(at(from) ?? 0, at(to));
      }
      case "Identity":
      case "Unsqueeze":
      case "Squeeze":
      case "Reshape":
      case "Cast":
        return x;
      case "Concat": {
        const parts = inputs.map((v) => this.get(v));
        return parts.every((p) => p !== undefined) ? parts.flat() : undefined;
      }
      case "Gather":
        return x === undefined ? undefined : this.numbers(b)?.map((i) => x.at(i)).filter((d) => d !== undefined);
      case "Slice": {
        const [from, to, , step] = inputs.slice(1).map((v) => this.numbers(v)?.[0]);
        if (x === undefined || from === undefined || to === undefined || (step ?? 1) !== 1) return undefined;
        return x.slice(from, to);
      }
      case "Add":
        return pairwise(x, y, (p, q) => p + q);
      case "Sub":
        return pairwise(x, y, (p, q) => p - q);
      case "Mul":
        return pairwise(x, y, (p, q) => p * q, (name, other) => multiply(name, other));
      case "Div":
        return pairwise(x, y, (p, q) => Math.trunc(p / q), (name, other, swapped) => {
          return swapped ? undefined : divideExtents(extentOf([name]), extentOf([other]));
        });
      case "Mod":
        // Of lengths, which are not below 0: there the two ways of rounding agree.
        return pairwise(x, y, (p, q) => p >= 0 && q > 0 ? p % q : NaN);
      case "Equal":
        return pairwise(
          x,
          y,
          (p, q) => p === q ? 1 : 0,
          (name, other) => name === other ? 1 : Number(other) <= 0 ? 0 : undefined,
        );
      case "Where": {
        const z = this.get(inputs[2]), choice = this.numbers(a);
        if (choice === undefined || y === undefined || z === undefined) return undefined;
        if (choice.length !== y.length || choice.length !== z.length) return undefined;
        return choice.map((c, i) => c === 1 ? y[i]! : z[i]!);
      }
    }
    return undefined;
  }
}

/**
 * A function of two lists of numbers, one of which may have a single element.
 *
 * @param named What comes of a name and another length, if anything does, and whether the name is the second operand; lengths
 * that have a name are above 0.
 */
function pairwise(
  x: readonly Dim[] | undefined,
  y: readonly Dim[] | undefined,
  f: (p: number, q: number) => number,
  named: (name: string, other: Dim, swapped: boolean) => Dim | undefined = () => undefined,
): readonly Dim[] | undefined {
  if (x === undefined || y === undefined) return undefined;
  if (x.length !== y.length && x.length !== 1 && y.length !== 1) return undefined;
  const out: Dim[] = [];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const p = x[x.length === 1 ? 0 : i], q = y[y.length === 1 ? 0 : i];
    if (p === undefined || q === undefined) return undefined;
    const n = typeof p === "string" ? named(p, q, false) : typeof q === "string" ? named(q, p, true) : f(p, q);
    if (n === undefined || (typeof n === "number" && !Number.isSafeInteger(n))) return undefined;
    out.push(n);
  }
  return out;
}

/** A named length times another: `N` times 8 is `N*8`. */
function multiply(name: string, other: Dim): Dim | undefined {
  const { names, factor } = extentOf([name, other]);
  return factor > 0 ? [...names, ...(factor === 1 ? [] : [factor])].join("*") : undefined;
}
