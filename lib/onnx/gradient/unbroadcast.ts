/** The other side of broadcasting. */
import { show } from "../_node.ts";
import { reduceSum } from "../ops/reduction.ts";
import { reshape } from "../ops/shape.ts";
import type { Value } from "../types.ts";

/** Sums a gradient over the axes along which the operand was repeated by broadcasting. */
export function unbroadcast(g: Value, like: Value): Value {
  const extra = g.shape.length - like.shape.length;
  const axes = g.shape.map((_, i) => i).filter((i) => i < extra || (like.shape[i - extra] === 1 && g.shape[i] !== 1));
  if (axes.length === 0) return g;
  const summed = reduceSum(g, axes);
  if (extra === 0) return summed;
  if (like.shape.some((d) => typeof d === "string")) {
    throw new TypeError(`Cannot differentiate a broadcast to ${show(like.shape)}: symbolic lengths under new axes`);
  }
  return reshape(summed, like.shape);
}
