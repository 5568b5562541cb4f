/** The other side of broadcasting. */
import { show } from "../_node.ts";
import { full } from "../ops/creation.ts";
import { matmul } from "../ops/linalg.ts";
import { reduceSum } from "../ops/reduction.ts";
import { reshape } from "../ops/shape.ts";
import type { Value } from "../types.ts";

/** Sums a gradient over the axes along which the operand was repeated by broadcasting. */
export function unbroadcast(g: Value, like: Value): Value {
  const extra = g.shape.length - like.shape.length;
  const axes = g.shape.map((_, i) => i).filter((i) => i < extra || (like.shape[i - extra] === 1 && g.shape[i] !== 1));
  if (axes.length === 0) return g;
  const rows = g.shape[1];
  if (extra === 0 && g.shape.length === 3 && axes.join() === "1" && typeof rows === "number" && g.dtype === "float32") {
    // ONNX Runtime sums the middle axis of one sample in another order than that of several; this product never does.
    return matmul(full([1, rows], 1), g);
  }
  const summed = reduceSum(g, axes);
  if (extra === 0) return summed;
  if (like.shape.some((d) => typeof d === "string")) {
    throw new TypeError(`Cannot differentiate a broadcast to ${show(like.shape)}: symbolic lengths under new axes`);
  }
  return reshape(summed, like.shape);
}
