/**
 * Where a network's parameters come from: a weight file, arrays in memory, or the inputs of a training graph.
 *
 * A network is a function of (config, parameters, input). It asks for each parameter once, by its name in the
 * reference's state dict, with its shape and its first distribution; so names and shapes are stated in one place, and the
 * list of them is had by running the function ({@linkcode parameterSpecs}).
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import type { WeightFile } from "@/weights/mod.ts";
import type { Initialisation } from "./initialisation.ts";

/** One parameter or buffer of a network. */
export interface ParameterSpec {
  /** Name in the reference's state dict. */
  readonly name: string;
  /** Dimensions, PyTorch layout: Linear [O,I], convolution [O,I,kh,kw]. */
  readonly shape: readonly number[];
  /** Distribution of the first values. */
  readonly init: Initialisation;
  /** False for buffers (running statistics) and for gains the reference freezes. */
  readonly trainable: boolean;
  /**
   * Whether weight decay is customary: true for matrices and kernels, false for biases, norm gains and slopes. The reference
   * itself decays everything it trains.
   */
  readonly decay: boolean;
}

/** What a network says of a parameter besides its name and shape. */
export interface ParameterOptions {
  /** Distribution of the first values. */
  readonly init: Initialisation;
  /** False for buffers and frozen gains. @default {true} */
  readonly trainable?: boolean;
}

/**
 * The parameters of one network in one graph.
 *
 * Asking twice for a name gives the same value, so a network may be applied to several inputs with shared weights.
 */
export class Parameters {
  readonly #source: (spec: ParameterSpec) => Value;
  readonly #prefix: string;
  readonly #specs: Map<string, ParameterSpec>;
  readonly #values: Map<string, Value>;

  /**
   * Usually made by {@linkcode inputParameters}, {@linkcode arrayParameters} or {@linkcode storedParameters}.
   *
   * @param source Makes the graph value of a parameter; called once a name.
   * @param scope Used by {@linkcode Parameters.scope}.
   */
  constructor(
    source: (spec: ParameterSpec) => Value,
    scope?: { readonly parent: Parameters; readonly prefix: string },
  ) {
    this.#source = source;
    this.#prefix = scope?.prefix ?? "";
    this.#specs = scope === undefined ? new Map() : scope.parent.#specs;
    this.#values = scope === undefined ? new Map() : scope.parent.#values;
  }

  /** Every parameter asked for so far, in order. */
  get specs(): readonly ParameterSpec[] {
    return [...this.#specs.values()];
  }

  /** The graph values by full name, in the order they were asked for. */
  get values(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  /**
   * The value of one parameter.
   *
   * @param name Name below this scope.
   * @param shape Expected dimensions.
   * @param options First distribution, and whether it is trained.
   * @returns The graph value, float32 of the shape.
   * @throws {TypeError} If the name was asked for before with another shape, or the source has no such tensor.
   */
  param(
    name: string,
    shape: readonly number[],
    options: ParameterOptions,
  ): Value {
    const full = this.fullName(name);
    const known = this.#specs.get(full);
    if (known !== undefined) {
      if (known.shape.join() !== shape.join()) {
        throw new TypeError(
          `Cannot share parameter ${full}: asked for as [${known.shape}] and as [${shape}]`,
        );
      }
      return this.#values.get(full)!;
    }
    const trainable = options.trainable ?? true;
    const decay = trainable && shape.length > 1;
    const spec = {
      name: full,
      shape: [...shape],
      init: options.init,
      trainable,
      decay,
    };
    const value = this.#source(spec);
    this.#specs.set(full, spec);
    this.#values.set(full, value);
    return value;
  }

  /**
   * The name in the state dict of a parameter below this scope.
   *
   * @param name Name below this scope.
   * @returns The name with the scope before it.
   */
  fullName(name: string): string {
    return this.#prefix + name;
  }

  /**
   * The same parameters seen from a submodule: names get `name.` before them.
   *
   * @param name Name of the submodule; may hold dots.
   * @returns A view that shares specs and values with this object.
   */
  scope(name: string): Parameters {
    return new Parameters(this.#source, {
      parent: this,
      prefix: `${this.#prefix}${name}.`,
    });
  }
}

/**
 * The same parameters for a use that does not train them: gradients end at them and go on to the network's input.
 *
 * @param parameters Parameters of a network in the same graph.
 * @returns A view; asking it for a name asks `parameters` for it.
 *
 * @example Only the input gets a gradient
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { frozenParameters, inputParameters } from "@/networks/mod.ts";
 *
 * const parameters = inputParameters(), x = op.input("x", "float32", []);
 * const init = { kind: "constant", value: 1 } as const;
 * const y = op.mul(x, frozenParameters(parameters).param("w", [], { init }));
 * assert.equal(op.gradients(y, [x]).length, 1);
 * assert.throws(() => op.gradients(y, [parameters.values.get("w")!]), /does not depend on w/);
 * ```
 */
export function frozenParameters(parameters: Parameters): Parameters {
  return new Parameters(({ name, shape, init, trainable }) => {
    return op.detach(parameters.param(name, shape, { init, trainable }));
  });
}

/** How parameters are named in the graph. */
export interface NamingOptions {
  /**
   * Put before every name in the graph, so that two networks can live in one graph.
   *
   * @default {""}
   */
  readonly prefix?: string;
}

/**
 * Parameters that are inputs of the graph: for training, where the weights change between runs.
 *
 * @param options How the inputs are named.
 * @returns Parameters whose every value, buffers included, is a float32 graph input of that name.
 *
 * @example Name the graph inputs
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { inputParameters, ZEROS } from "@/networks/mod.ts";
 *
 * const params = inputParameters({ prefix: "recogniser." });
 * const bias = params.scope("fc").param("bias", [512], { init: ZEROS });
 * strictEqual(bias.name, "recogniser.fc.bias");
 * strictEqual(params.specs[0]!.name, "fc.bias");
 * ```
 */
export function inputParameters(
  { prefix = "" }: NamingOptions = {},
): Parameters {
  return new Parameters((spec) => op.input(prefix + spec.name, "float32", spec.shape));
}

/**
 * Parameters held in memory, as {@linkcode initialise} or a training run gives them; they become constants of the graph.
 *
 * @param values Dense row-major arrays by name.
 * @param options How the weights are named in the graph.
 * @returns Parameters read from the map.
 *
 * @example Use arrays as weights
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { arrayParameters, ZEROS } from "@/networks/mod.ts";
 *
 * const params = arrayParameters(new Map([["fc.bias", new Float32Array(4)]]));
 * params.param("fc.bias", [4], { init: ZEROS });
 * throws(() => params.param("fc.weight", [4, 2], { init: ZEROS }), /fc.weight/);
 * ```
 */
export function arrayParameters(
  values: ReadonlyMap<string, Float32Array>,
  { prefix = "" }: NamingOptions = {},
): Parameters {
  return new Parameters(({ name, shape }) => {
    const data = values.get(name);
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (data?.length !== size) {
      throw new TypeError(
        `Cannot use weight ${name} of shape [${shape}]: expected ${size} values, found ` +
          (data === undefined ? "no array of that name" : `${data.length}`),
      );
    }
    return op.weight(prefix + name, shape, data);
  });
}

/**
 * Parameters that lie in a weight file.
 *
 * Dense little-endian float32 and float16 tensors are used where they lie: the graph only points at them. Other layouts and types
 * (bfloat16, big-endian, compressed, not aligned to their element) are converted to float32 in memory.
 *
 * Asking the result for a tensor that the file lacks, or has in another shape, throws a TypeError that names file and tensor.
 *
 * @param file An opened weight file.
 * @param options How the weights are named in the graph.
 * @returns Parameters read from the file.
 *
 * @example Read a tensor of a safetensors file
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { storedParameters, ZEROS } from "@/networks/mod.ts";
 * import { openWeights, writeSafetensors } from "@/weights/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const data = new Float32Array([1, 2]);
 * writeSafetensors(path, [{ name: "fc.bias", dtype: "float32", shape: [2], data }]);
 * const params = storedParameters(openWeights(path));
 * const bias = params.scope("fc").param("bias", [2], { init: ZEROS });
 * await Deno.remove(path);
 * deepStrictEqual(bias.shape, [2]);
 * ```
 */
export function storedParameters(
  file: WeightFile,
  { prefix = "" }: NamingOptions = {},
): Parameters {
  return new Parameters(({ name, shape }) => {
    const stored = file.tensors.get(name);
    if (stored === undefined) {
      const sample = [...file.tensors.keys()].slice(0, 3).join(", ") || "none";
      throw new TypeError(
        `Cannot use ${file.path} for this network: it has no tensor ${name} among its ${file.tensors.size} ` +
          `(first: ${sample}); check the model name, the file and the checkpoint root`,
      );
    }
    if (stored.shape.join() !== shape.join()) {
      throw new TypeError(
        `Cannot use ${file.path} for this network: tensor ${name} is [${stored.shape}], expected [${shape}]; ` +
          "check that the file belongs to this size of model",
      );
    }
    const bytes = ELEMENT_BYTES[stored.dtype];
    const inPlace = stored.contiguous && bytes !== undefined &&
      stored.offset % bytes === 0;
    return op.weight(
      prefix + name,
      shape,
      inPlace ? stored : file.readFloat32(name),
    );
  });
}

/** Types that a graph can read where they lie, and the alignment they need. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
};

/**
 * Lists the parameters of a network by building it once.
 *
 * @param build Builds the network with the parameters it is given; what it returns is not used.
 * @returns Every parameter and buffer, in the order the network asks for them.
 *
 * @example List what a two-layer network needs
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { parameterSpecs, XAVIER } from "@/networks/mod.ts";
 *
 * const specs = parameterSpecs((params) => params.param("fc.weight", [2, 3], { init: XAVIER }));
 * deepStrictEqual(specs.map((spec) => spec.name), ["fc.weight"]);
 * ```
 */
export function parameterSpecs(
  build: (params: Parameters) => unknown,
): readonly ParameterSpec[] {
  const params = inputParameters();
  build(params);
  return params.specs;
}
