/**
 * How a network's parameters get their first values, and the code that draws them.
 *
 * The distributions are those of PyTorch's initialisers
 * (https://github.com/pytorch/pytorch/blob/main/torch/nn/init.py); the numbers come from this project's own
 * counter-based random stream, so they differ from PyTorch's for the same seed.
 *
 * @module
 */

import type { RandomStream } from "@/random/mod.ts";
import type { ParameterSpec } from "./params.ts";

/**
 * A distribution for the first values of one parameter.
 *
 * | kind            | values                                                            |
 * |-----------------|-------------------------------------------------------------------|
 * | `constant`      | `value` everywhere                                                |
 * | `normal`        | N(0, `sd`²)                                                       |
 * | `xavierUniform` | U(±sqrt(6 / (fan in + fan out))), fans read from the shape [O,I,…] |
 * | `kaiming`       | U(±1/sqrt(`fanIn`)): PyTorch's default for weights and biases      |
 */
export type Initialisation =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly sd: number }
  | { readonly kind: "xavierUniform" }
  | { readonly kind: "kaiming"; readonly fanIn: number };

/** All zeros: biases and running means. */
export const ZEROS: Initialisation = { kind: "constant", value: 0 };

/** All ones: norm gains and running variances. */
export const ONES: Initialisation = { kind: "constant", value: 1 };

/** Xavier (Glorot) uniform, as the reference uses for every Linear of its transformer. */
export const XAVIER: Initialisation = { kind: "xavierUniform" };

/**
 * Draws first values for every parameter, in the order of the list.
 *
 * Linear in the number of weights: about a second for eight million on one core.
 *
 * @param specs What to draw, as {@linkcode parameterSpecs} lists it.
 * @param stream The random numbers; the same stream state gives the same values.
 * @returns One dense row-major array a parameter, by name.
 *
 * @example Draw the weights of a small recognition network
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { initialise, iresnetSpecs, recogniserConfig } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const config = { ...recogniserConfig("mini"), layers: [1, 1, 1, 1], inputSize: 16 };
 * const values = initialise(iresnetSpecs(config), new RandomStream(1, "weights"));
 * strictEqual(values.get("features.weight")![0], 1);
 * ```
 */
export function initialise(
  specs: readonly ParameterSpec[],
  stream: RandomStream,
): Map<string, Float32Array<ArrayBuffer>> {
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  for (const spec of specs) values.set(spec.name, draw(spec, stream));
  return values;
}

function draw(
  spec: ParameterSpec,
  stream: RandomStream,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(spec.shape.reduce((size, dim) => size * dim, 1));
  const { init } = spec;
  switch (init.kind) {
    case "constant":
      return out.fill(init.value);
    case "normal":
      stream.fillNormal(out);
      for (let i = 0; i < out.length; i++) out[i]! *= init.sd;
      return out;
    case "xavierUniform":
      return fillUniform(out, xavierBound(spec), stream);
    case "kaiming":
      return fillUniform(out, 1 / Math.sqrt(init.fanIn), stream);
  }
}

function fillUniform(
  out: Float32Array<ArrayBuffer>,
  bound: number,
  stream: RandomStream,
): Float32Array<ArrayBuffer> {
  for (let i = 0; i < out.length; i++) out[i] = stream.uniformIn(-bound, bound);
  return out;
}

function xavierBound({ name, shape }: ParameterSpec): number {
  const [outputs, inputs, ...kernel] = shape;
  if (outputs === undefined || inputs === undefined) {
    throw new TypeError(
      `Cannot initialise ${name}: xavierUniform needs a shape [O,I,...], found [${shape}]`,
    );
  }
  const field = kernel.reduce((size, dim) => size * dim, 1);
  return Math.sqrt(6 / ((outputs + inputs) * field));
}
