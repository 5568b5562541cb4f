/** Floating-point operations of a graph, counted from its shapes: matrix products and convolutions, where all the time goes. */
import * as op from "@/onnx/mod.ts";
import type { Dim, Node, Value } from "@/onnx/mod.ts";
import type { Vec2FaceConfig } from "@/networks/mod.ts";

/** Elements of a shape; names stand for `batch`. */
function elements(shape: readonly Dim[], batch: number): number {
  return shape.reduce<number>((product, dim) => {
    const parts = typeof dim === "number"
      ? [dim]
      : dim.split("*").map((part) => /^\d+$/.test(part) ? Number(part) : batch);
    return product * parts.reduce((a, b) => a * b, 1);
  }, 1);
}

function flag(node: Node, name: string): boolean {
  const found = node.attributes[name];
  return found !== undefined && "int" in found && found.int === 1;
}

/** Operations of one node, two for each product and sum; 0 for those that only move or map numbers. */
function nodeFlops(node: Node, batch: number): number {
  const [a, w] = node.inputs as [Value, Value], y = node.outputs[0]!;
  const kernel = () => elements(w.shape.slice(1), batch);
  if (node.op === "Conv") return 2 * elements(y.shape, batch) * kernel();
  if (node.op === "ConvTranspose") return 2 * elements(a.shape, batch) * kernel();
  if (node.op === "Gemm" || node.op.endsWith("MatMul")) {
    const inner = a.shape.at(flag(node, "transA") ? -2 : -1)!;
    return 2 * elements(y.shape, batch) * elements([inner], batch);
  }
  return 0;
}

/**
 * Counts the operations that values take at every run; what follows from weights alone is computed once, ahead of them.
 *
 * @param values What is computed.
 * @param batch Length that names of axes stand for.
 */
export function graphFlops(values: readonly Value[], batch: number): number {
  const moving = new Set<Value>();
  let sum = 0;
  for (const node of op.sortNodes(values)) {
    if (!node.inputs.some((x) => x !== undefined && (moving.has(x) || !x.node && !x.source))) continue;
    node.outputs.forEach((y) => moving.add(y));
    sum += nodeFlops(node, batch);
  }
  return sum;
}

/**
 * Counts what a decoder saves by {@linkcode op.upsampleConv}: operations of doubling and convolving, as the reference does it, less its own.
 *
 * @param config Shape of the generator.
 * @param batch Images.
 */
export function upsampleSaving({ grid, image }: Pick<Vec2FaceConfig, "grid" | "image">, batch: number): number {
  return image.multipliers.slice(1).reduce((sum, multiplier, level) => {
    const width = image.channels * multiplier, side = grid * 2 ** (image.multipliers.length - 2 - level);
    const x = op.input("x", "float32", [batch, width, side, side]), w = op.full([width, width, 3, 3], 0);
    const plain = graphFlops([op.conv(op.resizeNearest(x), w, { pads: [1, 1, 1, 1] })], batch);
    return sum + plain - graphFlops([op.upsampleConv(x, w)], batch);
  }, 0);
}

/**
 * Counts the operations that the gradients of all weights would take on top: as many as their forward passes.
 *
 * @param values What is computed going forward.
 * @param inputs Graph inputs; what does not depend on them is a weight.
 * @param batch Length that names of axes stand for.
 */
export function weightGradientFlops(values: readonly Value[], inputs: readonly Value[], batch: number): number {
  const depends = new Set<Value | undefined>(inputs);
  let sum = 0;
  for (const node of op.sortNodes(values)) {
    if (!node.inputs.some((value) => depends.has(value))) continue;
    node.outputs.forEach((value) => depends.add(value));
    if (!depends.has(node.inputs[1]) || !depends.has(node.inputs[0])) sum += nodeFlops(node, batch);
  }
  return sum;
}
