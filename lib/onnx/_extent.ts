/** Arithmetic with element counts of shapes that hold names, such as `N*12`: a whole number times named lengths. */
import type { Dim, Shape } from "./types.ts";

/** A product of named lengths and one number. */
export interface Extent {
  /** Named factors, sorted; a name stands once per power. */
  readonly names: readonly string[];
  /** Product of the known factors. */
  readonly factor: number;
}

/** Element count of a shape; lengths of -1 are left out. */
export function extentOf(shape: Shape): Extent {
  const names: string[] = [];
  let factor = 1;
  for (const dim of shape) {
    if (typeof dim === "number") {
      if (dim !== -1) factor *= dim;
      continue;
    }
    for (const part of dim.split("*")) {
      if (/^\d+$/.test(part)) factor *= Number(part);
      else names.push(part);
    }
  }
  return { names: names.sort(), factor };
}

/** a / b as one length, or undefined when it does not come out whole. */
export function divideExtents(a: Extent, b: Extent): Dim | undefined {
  const names = [...a.names];
  for (const name of b.names) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  if (a.factor === 0 && b.factor === 0) return 0;
  const factor = a.factor / b.factor;
  if (!Number.isInteger(factor)) return undefined;
  if (names.length === 0) return factor;
  return factor === 1 ? names.join("*") : `${names.join("*")}*${factor}`;
}
