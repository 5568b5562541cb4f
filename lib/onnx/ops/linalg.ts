/**
 * Matrix products and linear layers.
 *
 * @module
 */
import { broadcast, checkRank, checkType, emit, fixed, show } from "../_node.ts";
import type { Value } from "../types.ts";
import { reshape } from "./movement.ts";

/**
 * Matrix product over the last two axes; leading axes broadcast.
 *
 * @param a `[..., M, K]`.
 * @param b `[..., K, N]`.
 * @returns `[..., M, N]`.
 * @throws {TypeError} If types differ or shapes do not fit.
 *
 * @example One matrix for a batch
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 4]);
 * deepStrictEqual((op.matmul(x, op.full([4, 2], 0))).shape, ["N", 3, 2]);
 * ```
 */
export function matmul(a: Value, b: Value): Value {
  checkType("MatMul", "the second operand", b, a.dtype);
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new TypeError(`Cannot build MatMul: ${show(a.shape)} x ${show(b.shape)}, both need rank 2 or more`);
  }
  const k = a.shape.at(-1), k2 = b.shape.at(-2);
  if (k !== k2) {
    throw new TypeError(
      `Cannot build MatMul: inner lengths of ${show(a.shape)} x ${show(b.shape)} differ, ${k} and ${k2}`,
    );
  }
  const lead = broadcast("MatMul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return emit("MatMul", [a, b], a.dtype, [...lead, a.shape.at(-2)!, b.shape.at(-1)!]);
}

/**
 * Matrix product over the last two axes with either operand transposed on the fly.
 *
 * It is ONNX Runtime's own operator FusedMatMul, which spares a transposed copy.
 *
 * @param a `[..., M, K]`, or `[..., K, M]` when transposed.
 * @param b `[..., K, N]`, or `[..., N, K]` when transposed.
 * @param transA Whether a is transposed.
 * @param transB Whether b is transposed.
 * @returns `[..., M, N]`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example Products of rows with rows
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [3, 4]);
 * deepStrictEqual((op.fusedMatmul(x, x, false, true)).shape, [3, 3]);
 * ```
 */
export function fusedMatmul(a: Value, b: Value, transA: boolean, transB: boolean): Value {
  const swap = (s: Value["shape"], yes: boolean) => yes ? [...s.slice(0, -2), s.at(-1)!, s.at(-2)!] : s;
  const x = swap(a.shape, transA), y = swap(b.shape, transB);
  if (x.at(-1) !== y.at(-2)) {
    throw new TypeError(`Cannot build FusedMatMul: inner lengths of ${show(x)} x ${show(y)} differ`);
  }
  const lead = broadcast("FusedMatMul", x.slice(0, -2), y.slice(0, -2));
  return emit("com.microsoft:FusedMatMul", [a, b], a.dtype, [...lead, x.at(-2)!, y.at(-1)!], {
    transA: { int: transA ? 1 : 0 },
    transB: { int: transB ? 1 : 0 },
  });
}

/** Options of {@linkcode gemm}. */
export interface GemmOptions {
  /** Use a transposed. @default {false} */
  readonly transA?: boolean;
  /** Use b transposed. @default {false} */
  readonly transB?: boolean;
  /** Added to the product, broadcast. */
  readonly c?: Value;
}

/**
 * a x b + c for matrices, either one transposed on the fly.
 *
 * @param a `[M, K]`, or `[K, M]` when transposed.
 * @param b `[K, N]`, or `[N, K]` when transposed.
 * @param options What is transposed, and what is added.
 * @returns `[M, N]`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example Similarity of rows
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 512]);
 * deepStrictEqual((op.gemm(x, op.full([10, 512], 0), { transB: true })).shape, ["N", 10]);
 * ```
 */
export function gemm(a: Value, b: Value, { transA = false, transB = false, c }: GemmOptions = {}): Value {
  checkRank("Gemm", "the first operand", a, 2);
  checkRank("Gemm", "the second operand", b, 2);
  const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [k2, n] = transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== k2) {
    throw new TypeError(
      `Cannot build Gemm: inner lengths of ${show(a.shape)}${transA ? "^T" : ""} x ${show(b.shape)}${
        transB ? "^T" : ""
      } differ, ${k} and ${k2}`,
    );
  }
  if (c !== undefined) broadcast("Gemm", [m, n], c.shape);
  return emit("Gemm", c === undefined ? [a, b] : [a, b, c], a.dtype, [m, n], {
    transA: { int: transA ? 1 : 0 },
    transB: { int: transB ? 1 : 0 },
  });
}

/**
 * Linear layer in PyTorch's layout, x w^T + b.
 *
 * @param x `[..., I]`; only the first length may be a name.
 * @param w Weight `[O, I]`.
 * @param b Bias `[O]`.
 * @returns `[..., O]`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example Tokens
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 49, 8]);
 * deepStrictEqual((op.linear(x, op.full([16, 8], 0), op.full([16], 0))).shape, ["N", 49, 16]);
 * ```
 */
export function linear(x: Value, w: Value, b?: Value): Value {
  checkRank("Linear", "the weight", w, 2);
  const [out, inn] = [fixed("Linear", w.shape, 0), fixed("Linear", w.shape, 1)];
  if (x.shape.at(-1) !== inn) {
    throw new TypeError(
      `Cannot build Linear: x is ${show(x.shape)}, the weight ${show(w.shape)} takes ${inn} features`,
    );
  }
  if (x.shape.length === 2) return gemm(x, w, { transB: true, ...(b === undefined ? {} : { c: b }) });
  const flat = reshape(x, [-1, inn]);
  const y = gemm(flat, w, { transB: true, ...(b === undefined ? {} : { c: b }) });
  const lead = x.shape.slice(0, -1);
  return emitReshape(y, x, [...lead, out]);
}

/** Back to the leading axes of x; only the first of them may be symbolic. */
function emitReshape(y: Value, x: Value, dims: Value["shape"]): Value {
  if (x.shape.slice(1).some((d) => typeof d === "string")) {
    throw new TypeError(`Cannot build Linear: only the first axis of ${show(x.shape)} may be symbolic`);
  }
  return reshape(y, dims);
}
