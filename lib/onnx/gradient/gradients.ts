/**
 * Reverse-mode gradients: walks a graph backwards and appends the nodes that compute d(loss)/d(value).
 *
 * The plan is micrograd's (https://github.com/karpathy/micrograd): topological order, then the chain rule, then nothing
 * else. Only values on a path from the loss to what is asked for get a gradient.
 *
 * @module
 */
import { show } from "../_node.ts";
import { sortNodes } from "../model.ts";
import { full } from "../ops/creation.ts";
import { add } from "../ops/elementwise.ts";
import type { GradientRule, Node, Value } from "../types.ts";
import { CONVOLUTION_RULES } from "./convolution.ts";
import { ELEMENTWISE_RULES } from "./elementwise.ts";
import { MOVEMENT_RULES } from "./movement.ts";
import { POOLING_RULES } from "./pooling.ts";
import { REDUCTION_RULES } from "./reduction.ts";

/** The table of rules by operator name. */
export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = {
  ...ELEMENTWISE_RULES,
  ...MOVEMENT_RULES,
  ...REDUCTION_RULES,
  ...CONVOLUTION_RULES,
  ...POOLING_RULES,
};

/**
 * Builds the gradients of a scalar with respect to values of its graph.
 *
 * @param loss A float32 scalar.
 * @param wanted Values to differentiate with respect to, in any number: inputs, weights or results in between.
 * @returns One value per wanted value, of the same shape.
 * @throws {TypeError} If the loss is no float32 scalar, does not depend on a wanted value, or an operator on the way has no rule.
 *
 * @example Twice the operand
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 3), [2]);
 * const [g] = op.gradients(op.reduceSum(op.mul(x, x), [0], false), [x]);
 * deepStrictEqual([...(await op.compute(g!)).data], [2, 6]);
 * ```
 */
export function gradients(loss: Value, wanted: readonly Value[]): Value[] {
  if (loss.shape.some((d) => d !== 1)) {
    throw new TypeError(`Cannot differentiate: the loss must be a scalar, its shape is ${show(loss.shape)}`);
  }
  if (loss.dtype !== "float32") {
    throw new TypeError(`Cannot differentiate: the loss must be float32, it is ${loss.dtype}; cast it`);
  }
  const nodes = sortNodes([loss]);
  const targets = new Set<Value>(wanted);
  const reaches = new Set<Value>(wanted);
  for (const node of nodes) {
    if (node.inputs.some((v) => v !== undefined && reaches.has(v))) node.outputs.forEach((v) => reaches.add(v));
  }
  const gradient = new Map<Value, Value>([[loss, full(loss.shape as number[], 1)]]);
  for (const node of nodes.reverse()) {
    if (!node.outputs.some((v) => gradient.has(v))) continue;
    const operands = node.group ?? node.inputs;
    if (!operands.some((v) => v !== undefined && reaches.has(v))) continue;
    const parts = ruleOf(node)(node, node.outputs.map((v) => gradient.get(v)));
    operands.forEach((v, i) => {
      if (v === undefined || !reaches.has(v) || v.dtype.includes("int") || v.dtype === "bool") return;
      const part = parts[i]?.();
      if (part === undefined) return;
      const sofar = gradient.get(v);
      gradient.set(v, sofar === undefined ? part : add(sofar, part));
    });
    // A value that is asked for keeps its gradient; the others are done with.
    for (const v of node.outputs) if (!targets.has(v)) gradient.delete(v);
  }
  return wanted.map((v) => {
    const g = gradient.get(v);
    if (g === undefined) {
      throw new TypeError(`Cannot differentiate: the loss does not depend on ${v.name ?? show(v.shape)}`);
    }
    return g;
  });
}

function ruleOf(node: Node): GradientRule {
  const rule = node.rule ?? GRADIENT_RULES[node.op];
  if (rule === undefined) throw new TypeError(`Cannot differentiate ${node.op}: it has no gradient rule`);
  return rule;
}
