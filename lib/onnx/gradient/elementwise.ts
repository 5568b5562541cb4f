/** Gradients of elementwise operations, one rule a line. */
import { positive } from "../ops/_positive.ts";
import * as op from "../ops/elementwise.ts";
import type { GradientRule, Node, Value } from "../types.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** Rule of an operation with one operand: the gradient is g times something of x and y. */
function unary(derivative: (g: Value, x: Value, y: Value, node: Node) => Value): GradientRule {
  return (node, [g]) => [() => derivative(g!, node.inputs[0]!, node.outputs[0]!, node)];
}

/** Rule of an operation with two operands, broadcasting undone. */
function binary(left: (g: Value, a: Value, b: Value, y: Value) => Value, right: typeof left): GradientRule {
  return ({ inputs, outputs }, [g]) => {
    const [a, b] = inputs as [Value, Value];
    return [
      () => unbroadcast(left(g!, a, b, outputs[0]!), a),
      () => unbroadcast(right(g!, a, b, outputs[0]!), b),
    ];
  };
}

const alpha = (node: Node) => (node.attributes["alpha"] as { float: number } | undefined)?.float ?? 0.01;
const mask = (condition: Value) => op.cast(condition, "float32");
const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** d GELU / dx = Phi(x) + x phi(x). */
const gelu = (g: Value, x: Value) => {
  const cdf = op.mul(op.add(op.erf(op.mul(x, Math.SQRT1_2)), 1), 0.5);
  const pdf = op.mul(op.exp(op.mul(op.mul(x, x), -0.5)), 1 / SQRT_2_PI);
  return op.mul(g, op.add(cdf, op.mul(x, pdf)));
};

/** Powers: d a^b / da = b a^(b-1). */
const powLeft = (g: Value, a: Value, b: Value) => op.mul(g, op.mul(b, op.pow(a, op.sub(b, 1))));

/** Powers: d a^b / db = a^b ln a, which is 0 at a = 0 for every b above 0, not 0 * -infinity. */
const powRight = (g: Value, a: Value, _b: Value, y: Value) =>
  op.where(op.equal(a, 0), 0, op.mul(g, op.mul(y, op.log(a))));

const clip: GradientRule = ({ inputs }, [g]) => {
  const [x, lo, hi] = inputs;
  return [() => {
    const inside = [
      ...(lo ? [op.greaterOrEqual(x!, lo)] : []),
      ...(hi ? [op.lessOrEqual(x!, hi)] : []),
    ];
    return inside.length === 0 ? g! : op.mul(g!, mask(inside.reduce((a, b) => op.and(a, b))));
  }];
};

const where: GradientRule = ({ inputs }, [g]) => {
  const [condition, a, b] = inputs as [Value, Value, Value];
  return [
    undefined,
    () => unbroadcast(op.where(condition, g!, 0), a),
    () => unbroadcast(op.where(condition, 0, g!), b),
  ];
};

/** Rules of this family. */
export const ELEMENTWISE_RULES: Readonly<Record<string, GradientRule>> = {
  Add: binary((g) => g, (g) => g),
  Sub: binary((g) => g, (g) => op.neg(g)),
  Mul: binary((g, _a, b) => op.mul(g, b), (g, a) => op.mul(g, a)),
  Div: binary((g, _a, b) => op.div(g, b), (g, _a, b, y) => op.neg(op.div(op.mul(g, y), b))),
  Pow: binary(powLeft, powRight),
  // Equal operands share the gradient, as in PyTorch.
  Min: binary((g, a, b) => op.mul(g, half(a, b, false)), (g, a, b) => op.mul(g, half(b, a, false))),
  Max: binary((g, a, b) => op.mul(g, half(a, b, true)), (g, a, b) => op.mul(g, half(b, a, true))),
  Neg: unary((g) => op.neg(g)),
  Abs: unary((g, x) => op.mul(g, op.sign(x))),
  Sign: () => [undefined], // constant on either side of 0
  Sqrt: unary((g, _x, y) => op.div(op.mul(g, 0.5), y)),
  Exp: unary((g, _x, y) => op.mul(g, y)),
  Log: unary((g, x) => op.div(g, x)),
  Erf: unary((g, x) => op.mul(g, op.mul(op.exp(op.neg(op.mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Gelu: unary(gelu),
  Sigmoid: unary((g, _x, y) => op.mul(g, op.mul(y, op.sub(1, y)))),
  Tanh: unary((g, _x, y) => op.mul(g, op.sub(1, op.mul(y, y)))),
  Sin: unary((g, x) => op.mul(g, op.cos(x))),
  Cos: unary((g, x) => op.neg(op.mul(g, op.sin(x)))),
  Acos: unary((g, x) => op.neg(op.div(g, op.sqrt(op.sub(1, op.mul(x, x)))))),
  Atan: unary((g, x) => op.div(g, op.add(op.mul(x, x), 1))),
  Relu: unary((g, _x, y) => op.mul(g, positive(y))),
  LeakyRelu: unary((g, x, _y, n) => op.mul(g, op.add(op.mul(positive(x), 1 - alpha(n)), alpha(n)))),
  Clip: clip,
  Where: where,
  Identity: unary((g) => g),
  Cast: unary((g, x) => op.cast(g, x.dtype)),
};

/** 1 where a wins against b, 1/2 where they are equal, else 0. */
function half(a: Value, b: Value, larger: boolean): Value {
  const wins = larger ? op.greater(a, b) : op.less(a, b);
  return op.add(mask(wins), op.mul(mask(op.equal(a, b)), 0.5));
}
