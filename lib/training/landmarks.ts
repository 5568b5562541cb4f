/**
 * Training of a landmark estimator: views of rendered heads ({@linkcode drawFaceView}), distance to the true points and
 * whether there is a face as loss.
 *
 * @module
 */
import {
  deployRepvgg,
  inputParameters,
  landmarkEstimator,
  type LandmarkEstimatorConfig,
  landmarkEstimatorSpecs,
} from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";
import { tensorsOf } from "./_tensors.ts";
import { BatchReader } from "./batches.ts";
import { drawFaceView } from "./face_views.ts";
import { imagesFromBytes } from "./image_input.ts";
import type { TrainingRun } from "./loop.ts";
import type { PackedImages } from "./packed_images.ts";
import { freshState } from "./recogniser.ts";
import { shareOf } from "./_replicas.ts";
import { warmupCosine } from "./schedule.ts";
import type { TrainingState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** Settings of a landmark estimator's training. */
export interface LandmarkTrainingOptions {
  /** Shape of the network. */
  readonly config: LandmarkEstimatorConfig;
  /** Training images with their landmarks, each an equal part of every batch: aligned ones, and ones from afar. */
  readonly data: readonly PackedImages[];
  /** Steps of the whole run. */
  readonly steps: number;
  /** Images a step; the number of folders must divide it. @default {64} */
  readonly batchSize?: number;
  /** Highest learning rate. @default {2e-3} */
  readonly rate?: number;
  /** Decay of matrices and kernels. @default {0.02} */
  readonly weightDecay?: number;
  /** Seed of first weights, order and views. @default {1} */
  readonly seed?: number;
  /** Threads that share a batch; must divide it. @default {1} */
  readonly replicas?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

/** Limit of the gradient's norm. */
const CLIP = 1;

/** Distance in pixels that counts as much as a bit of doubt whether there is a face. */
const UNIT = 8;

/**
 * A landmark estimator in training.
 *
 * @example One step on an image
 * ```ts
 * import assert from "node:assert/strict";
 * import { ARC_TEMPLATE } from "@/images/mod.ts";
 * import { landmarkEstimatorConfig } from "@/networks/mod.ts";
 * import { LandmarkTraining, type PackedImages } from "@/training/mod.ts";
 *
 * const fill = (_: number, out: Uint8Array) => void out.fill(99);
 * const truth = { landmarks: [ARC_TEMPLATE, ARC_TEMPLATE], zooms: Float64Array.of(1, 1) };
 * const data = [{ length: 2, image: fill, mask: fill, ...truth } as unknown as PackedImages];
 * const backbone = { blocks: [1, 1, 1, 1], widths: [4, 4, 4, 4, 4], groups: 1, squeezeExcitation: false };
 * const config = { ...landmarkEstimatorConfig("mini"), backbone };
 * await using run = await LandmarkTraining.create({ config, data, steps: 1, batchSize: 2 });
 * assert.ok((await run.step())["loss"]! > 0);
 * assert.equal(run.state.step, run.steps);
 * ```
 */
export class LandmarkTraining implements TrainingRun, AsyncDisposable {
  readonly #trainer: Trainer;
  readonly #options: LandmarkTrainingOptions;
  readonly #batches: readonly BatchReader[];
  readonly #images: Uint8Array<ArrayBuffer>;
  readonly #points: Float32Array<ArrayBuffer>;
  readonly #located: Float32Array<ArrayBuffer>;
  readonly #faces: Float32Array<ArrayBuffer>;
  readonly #known: Float32Array<ArrayBuffer>;
  /** Steps of the whole run. */
  readonly steps: number;

  private constructor(trainer: Trainer, options: LandmarkTrainingOptions, size: number) {
    const { data, seed = 1, config: { inputSize } } = options;
    this.#trainer = trainer;
    this.#options = options;
    this.steps = options.steps;
    this.#batches = data.map((images) => new BatchReader(images, { size: size / data.length, seed, heads: true }));
    this.#images = new Uint8Array(size * inputSize ** 2 * 3);
    this.#points = new Float32Array(10 * size);
    this.#located = new Float32Array(size);
    this.#faces = new Float32Array(size);
    this.#known = new Float32Array(size);
  }

  /**
   * Builds the training graph.
   *
   * @param options Network, data and recipe.
   * @param saved State to go on from; drawn afresh when left out.
   * @returns The run, before its next step.
   * @throws {TypeError} If the state belongs to another network, or an image has no landmarks.
   * @throws {RangeError} If replicas or folders do not divide the batch.
   */
  static async create(options: LandmarkTrainingOptions, saved?: TrainingState): Promise<LandmarkTraining> {
    const { config, data, batchSize = 64, weightDecay = 0.02, seed = 1, replicas = 1, session } = options;
    const params = inputParameters(), share = shareOf(batchSize, replicas);
    if (!(Number.isInteger(options.steps) && options.steps >= 1)) {
      throw new RangeError(`Cannot train: ${options.steps} steps, expected a whole number of 1 or more`);
    }
    if (data.length === 0 || batchSize % data.length !== 0) {
      throw new RangeError(
        `Cannot train: batches of ${batchSize} are not equal parts of ${data.length} folders; choose a multiple`,
      );
    }
    for (const { landmarks, folder } of data) {
      const wanting = landmarks.indexOf(undefined);
      if (wanting === -1) continue;
      throw new TypeError(
        `Cannot train: "${folder}/truth.jsonl" does not tell landmarks of image ${wanting}; render the folder again`,
      );
    }
    const images = op.input("images", "uint8", [share, config.inputSize, config.inputSize, 3]);
    const points = op.input("points", "float32", [share, 10]);
    const [located, faces, known] = ["located", "faces", "known"].map((name) => op.input(name, "float32", [share, 1]));
    const estimate = landmarkEstimator(config, params, imagesFromBytes(images), { training: true });
    const off = op.reduceMean(op.abs(op.sub(estimate.points, points)), [1]); // N,1
    const pixels = weighted(off, located!), doubt = weighted(crossEntropy(estimate.face, faces!), known!);
    const right = op.cast(op.equal(op.greater(estimate.face, 0), op.greater(faces!, 0.5)), "float32");
    const trainer = await Trainer.create({
      data: [images, points, located!, faces!, known!],
      parameters: params,
      loss: op.add(op.div(pixels, UNIT), doubt),
      metrics: { pixels, doubt, accuracy: weighted(right, known!) },
      updates: estimate.updates,
      batchSize,
      replicas,
      optimiser: { kind: "adamw", weightDecay, clip: CLIP },
      ...(session === undefined ? {} : { session }),
    }, saved ?? freshState(params.specs, seed));
    return new LandmarkTraining(trainer, options, batchSize);
  }

  /** Weights, moments and step counter; weights in training form. */
  get state(): TrainingState {
    return this.#trainer.state;
  }

  /**
   * Does one step.
   *
   * @returns Loss, norm of the gradient, mean error of a coordinate in pixels, doubt about faces and share of right answers about faces.
   * @throws {RangeError} If the loss is not a finite number, or there are fewer images than a batch takes.
   */
  async step(): Promise<Record<string, number>> {
    const { rate = 2e-3, config: { inputSize: side } } = this.#options;
    const { step } = this.state;
    await this.#fill(step);
    const size = this.#faces.length, column = (data: Float32Array<ArrayBuffer>) => ({ data, shape: [size, 1] });
    return await this.#trainer.step({
      images: { data: this.#images, shape: [size, side, side, 3] },
      points: { data: this.#points, shape: [size, 10] },
      located: column(this.#located),
      faces: column(this.#faces),
      known: column(this.#known),
    }, warmupCosine(step, { peak: rate, steps: this.steps, warmup: 100 }));
  }

  /** Draws the views of a step; folders take turns, so that each replica sees all of them. */
  async #fill(step: number): Promise<void> {
    const { data, seed = 1, config: { inputSize: side } } = this.#options;
    const pixels = side * side, area = 3 * pixels;
    for (const [k, batches] of this.#batches.entries()) {
      const { indices, flips, images, heads } = await batches.take(step), { landmarks, zooms } = data[k]!;
      for (let i = 0; i < indices.length; i++) {
        const row = i * data.length + k, points = landmarks[indices[i]!]!;
        const source = {
          image: images.subarray(i * area, (i + 1) * area),
          head: heads.subarray(i * pixels, (i + 1) * pixels),
          landmarks: flips[i] ? mirrored(points, side) : points,
          zoom: zooms[indices[i]!]!,
        };
        const view = drawFaceView(source, new RandomStream(seed, "views", step, row));
        this.#images.set(view.image, row * area);
        this.#points.set(view.landmarks.flat(), 10 * row);
        this.#located[row] = Number(view.located);
        this.#faces[row] = view.face ?? 0;
        this.#known[row] = Number(view.face !== undefined);
      }
    }
  }

  /**
   * Weights in deploy form.
   *
   * @returns New arrays by name.
   */
  deployed(): Map<string, Float32Array<ArrayBuffer>> {
    return deployRepvgg(this.state.values);
  }

  /**
   * Weights in deploy form, ready to be written.
   *
   * @returns Tensors by name.
   */
  tensors(): TensorInput[] {
    return tensorsOf(landmarkEstimatorSpecs(this.#options.config), this.deployed());
  }

  /** Frees the runtime's memory and ends the reading threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const batches of this.#batches) batches[Symbol.dispose]();
    await this.#trainer[Symbol.asyncDispose]();
  }
}

/** Points of the mirrored picture: left and right change names. */
function mirrored(points: readonly (readonly [number, number])[], side: number): [number, number][] {
  return [1, 0, 2, 4, 3].map((i) => [side - 1 - points[i]![0], points[i]![1]]);
}

/** Mean of [N,1] over the samples that count. */
function weighted(x: Value, weights: Value): Value {
  const sum = (value: Value) => op.reduceSum(value, [0, 1], false);
  return op.div(sum(op.mul(x, weights)), op.max2(sum(weights), 1));
}

/** Cross entropy of logits against 0 or 1, [N,1], without overflow. */
function crossEntropy(logits: Value, truth: Value): Value {
  const rest = op.log(op.add(op.exp(op.neg(op.abs(logits))), 1));
  return op.add(op.sub(op.relu(logits), op.mul(logits, truth)), rest);
}
