/**
 * The graph of one iteration: generator, estimators, losses, and the gradient with respect to the vectors.
 *
 * Forward and backward are one model, so one run gives the image that was judged, its losses and the way to go. The sum over
 * samples is differentiated, and nothing in the graph mixes samples, so each row of the gradient is that of its own sample.
 * Weights are constants: gradients are asked for the vectors only, and the graph holds no other (the reference,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py , computes those of all weights of
 * generator and estimators and drops them).
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { BuiltModel, Value } from "@/onnx/mod.ts";
import type { FaceDecoder } from "./face_decoder.ts";
import type { Objective, ObjectiveTarget, ObjectiveTerms } from "./objective.ts";

/** Name of the batch axis. */
const BATCH = "N";

/** The model of one iteration. */
export interface AttributeGraph {
  /**
   * Inputs: vectors [N,D], keep int64 [N,K], masked [N,T], and `target.NAME` [N] or [N,D] for each target. Outputs: image
   * [N,3,H,W], gradient [N,D], loss [N], measured and miss [N,J].
   */
  readonly model: BuiltModel;
  /** What samples are asked, J objectives. */
  readonly objectives: readonly Objective[];
  /** What samples bring along. */
  readonly targets: readonly ObjectiveTarget[];
}

/**
 * Builds the model of one iteration.
 *
 * @param decoder The generator.
 * @param objectives What is asked; at least one, each name once.
 * @returns The model, for any batch size.
 * @throws {TypeError} If an objective does not give one number a sample, the losses do not depend on the vectors, or an
 * operator on the way has no gradient.
 * @throws {RangeError} If there are no objectives or two of one name.
 *
 * @example A face that is one number, to be near a target
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { attributeGraph, type FaceDecoder, targetObjective } from "@/attributes/mod.ts";
 *
 * const decoder: FaceDecoder = {
 *   vectorSize: 3,
 *   tokens: 1,
 *   kept: 1,
 *   imageSize: 1,
 *   drawMask: () => ({ keep: Uint8Array.of(0), masked: Uint8Array.of(0) }),
 *   decode: ({ vectors }) => op.reshape(vectors, ["N", 3, 1, 1]),
 * };
 * const red = targetObjective("red", (image) => op.reduceMean(image, [1, 2, 3], false), { toward: "near", threshold: 1 });
 * const { model, targets } = attributeGraph(decoder, [red]);
 * deepStrictEqual(model.outputs.get("gradient")!.shape, ["N", 3]);
 * deepStrictEqual(targets, [{ name: "red", kind: "number" }]);
 * ```
 */
export function attributeGraph(decoder: FaceDecoder, objectives: readonly Objective[]): AttributeGraph {
  checkNames(objectives);
  const { vectorSize, tokens, kept } = decoder;
  const vectors = op.input("vectors", "float32", [BATCH, vectorSize]);
  const keep = op.input("keep", "int64", [BATCH, kept]);
  const masked = op.input("masked", "float32", [BATCH, tokens]);
  const raw = decoder.decode({ vectors, keep, masked });
  const image = op.clip(raw, -1, 1);

  const targets = new TargetInputs(vectorSize);
  const terms = objectives.map((objective) => {
    const target = (name: string) => targets.of(objective, name);
    return checkTerms(objective, objective.build({ image, vectors, target }));
  });
  const loss = op.sum(terms.map((term) => term.loss)); // N
  const [gradient] = op.gradients(op.reduceSum(loss, [0], false), [vectors]);
  const columns = (pick: (term: ObjectiveTerms) => Value) =>
    op.concat(terms.map((term) => op.unsqueeze(pick(term), [1])), 1); // N,J
  const model = op.buildModel({
    inputs: [vectors, keep, masked, ...targets.inputs],
    outputs: {
      image: op.identity(image),
      gradient: op.identity(gradient!),
      loss: op.add(loss, notFinite(raw)),
      measured: columns((term) => term.measured),
      miss: columns((term) => term.miss),
    },
    name: "attributes",
  });
  return { model, objectives, targets: targets.list };
}

/** Graph inputs of targets, made when an objective asks for them. */
class TargetInputs {
  readonly #width: number;
  readonly #found = new Map<string, { readonly target: ObjectiveTarget; readonly value: Value }>();

  constructor(width: number) {
    this.#width = width;
  }

  get list(): ObjectiveTarget[] {
    return [...this.#found.values()].map(({ target }) => target);
  }

  get inputs(): Value[] {
    return [...this.#found.values()].map(({ value }) => value);
  }

  of(objective: Objective, name: string): Value {
    const target = objective.targets.find((candidate) => candidate.name === name);
    if (target === undefined) {
      const known = objective.targets.map((candidate) => candidate.name).join(", ") || "none";
      throw new TypeError(
        `Cannot build objective "${objective.name}": it asks for target "${name}", its targets are ${known}`,
      );
    }
    const known = this.#found.get(name);
    if (known === undefined) {
      const shape = target.kind === "vector" ? [BATCH, this.#width] : [BATCH];
      const value = op.input(`target.${name}`, "float32", shape);
      this.#found.set(name, { target, value });
      return value;
    }
    if (known.target.kind !== target.kind || known.target.fallback !== target.fallback) {
      throw new TypeError(
        `Cannot build objective "${objective.name}": another objective has a different target "${name}"; rename one of them`,
      );
    }
    return known.value;
  }
}

/** 0 a sample, NaN where the image has a value that is not finite: limiting pixels to -1..1 may hide it [N]. */
function notFinite(raw: Value): Value {
  return op.reduceSum(op.mul(op.detach(raw), 0), [1, 2, 3], false);
}

function checkNames(objectives: readonly Objective[]): void {
  const names = objectives.map(({ name }) => name);
  if (names.length === 0) throw new RangeError("Cannot build the attribute graph: no objectives given");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RangeError(`Cannot build the attribute graph: two objectives are called "${twice}"; name them apart`);
  }
}

function checkTerms({ name }: Objective, terms: ObjectiveTerms): ObjectiveTerms {
  for (const key of ["loss", "measured", "miss"] as const) {
    const { shape, dtype } = terms[key];
    if (shape.length !== 1 || shape[0] !== BATCH || dtype !== "float32") {
      throw new TypeError(
        `Cannot build objective "${name}": its ${key} is ${dtype} [${shape}], expected one float32 a sample, [${BATCH}]`,
      );
    }
  }
  return terms;
}
