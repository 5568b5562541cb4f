/**
 * Training of a recogniser: IResNet with the ArcFace loss, and a linear pose head on the features.
 *
 * The recipe follows https://github.com/deepinsight/insightface/tree/master/recognition/arcface_torch (SGD, momentum 0.9,
 * weight decay 5e-4). Two things are ours: the margin is ramped up, which small networks need to start; and a linear head
 * reads yaw and pitch off the features with a small weight, so that the features keep the pose that a generator has to
 * bring back (without it a small recogniser forgets pose, and the generator answers with frontal faces only).
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import {
  initialise,
  inputParameters,
  iresnet,
  type IResNetConfig,
  iresnetSpecs,
  type ParameterSpec,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";
import { arcfaceLoss } from "./arcface.ts";
import { stepsOf } from "./_batch.ts";
import { trainingProcessor } from "./_processor.ts";
import { tensorsOf } from "./_tensors.ts";
import { BatchReader } from "./batches.ts";
import { imagesFromBytes } from "./image_input.ts";
import type { PackedImages } from "./packed_images.ts";
import { shareOf } from "./_replicas.ts";
import { warmupCosine } from "./schedule.ts";
import type { TrainingRun } from "./loop.ts";
import type { TrainingState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** Settings of a recogniser's training. */
export interface RecogniserTrainingOptions {
  /** Shape of the network. */
  readonly config: IResNetConfig;
  /** Training images. */
  readonly data: PackedImages;
  /** Passes over the images; a fraction is a part of one. */
  readonly epochs: number;
  /** Images a step. @default {64} */
  readonly batchSize?: number;
  /** Highest learning rate. @default {0.1} */
  readonly rate?: number;
  /** Factor of the cosines. @default {32} */
  readonly scale?: number;
  /** Final margin in radians. @default {0.35} */
  readonly margin?: number;
  /** Share of the run over which the margin rises from 0. @default {0.3} */
  readonly marginRamp?: number;
  /** Weight of the squared error of the pose head, in units of (45 degrees)^2. @default {1} */
  readonly poseWeight?: number;
  /** Decay of matrices and kernels. @default {5e-4} */
  readonly weightDecay?: number;
  /** Seed of first weights, order and flips. @default {1} */
  readonly seed?: number;
  /** Weights by name that replace drawn ones, such as those of an earlier run; `classes.weight` are the class vectors. */
  readonly start?: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Threads that share a batch; must divide it. @default {1} */
  readonly replicas?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

/** Degrees that count as 1 for the pose head. */
export const POSE_UNIT_DEGREES = 45;

/**
 * A recogniser in training.
 *
 * @example One step on two images
 * ```ts
 * import assert from "node:assert/strict";
 * import { iresnetConfig } from "@/networks/mod.ts";
 * import { type PackedImages, RecogniserTraining } from "@/training/mod.ts";
 *
 * const data = {
 *   length: 2,
 *   classes: 2,
 *   labels: Int32Array.of(0, 1),
 *   poses: Array(2).fill({ yaw: 0, pitch: 0, roll: 0 }),
 *   image: (index: number, out: Uint8Array) => void out.fill(200 * index),
 * } as unknown as PackedImages;
 * const config = { ...iresnetConfig(18, { quarter: true }), layers: [1, 1, 1, 1], widths: [4, 4, 4, 4] } as const;
 * await using run = await RecogniserTraining.create({ config, data, epochs: 1, batchSize: 2 });
 * assert.ok((await run.step())["loss"]! > 0);
 * assert.equal(run.state.step, run.steps);
 * ```
 */
export class RecogniserTraining implements TrainingRun, AsyncDisposable {
  readonly #trainer: Trainer;
  readonly #options: RecogniserTrainingOptions;
  readonly #batchSize: number;
  readonly #batches: BatchReader;
  readonly #labels: BigInt64Array<ArrayBuffer>;
  readonly #poses: Float32Array<ArrayBuffer>;
  /** Steps of the whole run: whole batches of an epoch, times epochs. */
  readonly steps: number;

  private constructor(trainer: Trainer, options: RecogniserTrainingOptions, batchSize: number, steps: number) {
    this.#trainer = trainer;
    this.#options = options;
    this.#batchSize = batchSize;
    this.steps = steps;
    this.#batches = new BatchReader(options.data, { size: batchSize, seed: options.seed ?? 1 });
    this.#labels = new BigInt64Array(batchSize);
    this.#poses = new Float32Array(batchSize * 2);
  }

  /**
   * Builds the training graph.
   *
   * @param options Network, data and recipe.
   * @param saved State to go on from; drawn afresh when left out.
   * @returns The run, before its next step.
   * @throws {TypeError} If the state or the weights to start from belong to another network.
   * @throws {RangeError} If the replicas do not divide the batch, or images and epochs are too few for one step.
   */
  static async create(options: RecogniserTrainingOptions, saved?: TrainingState): Promise<RecogniserTraining> {
    const { config, data, batchSize = 64, replicas = 1, scale = 32, poseWeight = 1 } = options;
    const { weightDecay = 5e-4, seed = 1 } = options, share = shareOf(batchSize, replicas);
    const steps = stepsOf(data.length, batchSize, options.epochs);
    const params = inputParameters();
    const images = op.input("images", "uint8", [share, config.inputSize, config.inputSize, 3]);
    const labels = op.input("labels", "int64", [share]);
    const poses = op.input("poses", "float32", [share, 2]);
    const margin = op.input("margin", "float32", []);
    const { features, updates } = iresnet(config, params, imagesFromBytes(images), {
      training: true,
      processor: await trainingProcessor(options.session),
    });
    const centres = params.param("classes.weight", [data.classes, config.features], {
      // Length 1 or so: shorter class vectors would turn wildly at first, as their gradient goes with 1 / length.
      init: { kind: "normal", sd: 0.05 },
    });
    const arc = arcfaceLoss({ features, centres, labels, margin, scale });
    const pose = poseLoss(features, poses, params);
    const loss = op.add(arc.loss, op.mul(pose, poseWeight));
    const trainer = await Trainer.create({
      data: [images, labels, poses, margin],
      parameters: params,
      loss,
      metrics: { arcface: arc.loss, accuracy: arc.accuracy, cosine: arc.cosine, pose },
      updates,
      batchSize,
      replicas,
      optimiser: { kind: "sgd", momentum: 0.9, weightDecay },
      ...(options.session === undefined ? {} : { session: options.session }),
    }, saved ?? startedState(freshState(params.specs, seed), options.start));
    return new RecogniserTraining(trainer, options, batchSize, steps);
  }

  /** Weights, moments and step counter. */
  get state(): TrainingState {
    return this.#trainer.state;
  }

  /**
   * Does one step.
   *
   * @returns Loss, its parts, accuracy and mean cosine of the batch.
   * @throws {RangeError} If the loss is not a finite number, or there are fewer images than a batch takes.
   */
  async step(): Promise<Record<string, number>> {
    const { data, rate = 0.1, margin = 0.35, marginRamp = 0.3 } = this.#options;
    const { step } = this.state;
    const { indices, flips, images } = await this.#batches.take(step);
    indices.forEach((index, i) => {
      this.#labels[i] = BigInt(data.labels[index]!);
      const { yaw, pitch } = data.poses[index]!;
      this.#poses[2 * i] = (flips[i] ? -yaw : yaw) / POSE_UNIT_DEGREES;
      this.#poses[2 * i + 1] = pitch / POSE_UNIT_DEGREES;
    });
    const size = this.#batchSize;
    return await this.#trainer.step({
      images: { data: images, shape: [size, 112, 112, 3] },
      labels: { data: this.#labels, shape: [size] },
      poses: { data: this.#poses, shape: [size, 2] },
      margin: { data: Float32Array.of(margin * Math.min(1, step / Math.max(1, marginRamp * this.steps))), shape: [] },
    }, warmupCosine(step, { peak: rate, steps: this.steps, warmup: 100 }));
  }

  /**
   * Weights and buffers of the network itself, without class vectors and pose head, ready to be written.
   *
   * @returns Tensors by the reference's state-dict names; they change with the next step.
   */
  tensors(): TensorInput[] {
    return tensorsOf(iresnetSpecs(this.#options.config), this.state.values);
  }

  /** Frees the runtime's memory and ends the reading thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#batches[Symbol.dispose]();
    await this.#trainer[Symbol.asyncDispose]();
  }
}

/** Puts given weights in place of drawn ones. */
function startedState(state: TrainingState, start: RecogniserTrainingOptions["start"]): TrainingState {
  for (const [name, values] of start ?? []) {
    const drawn = state.values.get(name);
    if (drawn?.length !== values.length) {
      throw new TypeError(
        `Cannot start from ${name} with ${values.length} values: the network has ${drawn?.length ?? "no such weight"}`,
      );
    }
    state.values.set(name, values.slice());
  }
  return state;
}

/** Mean squared error of a linear read-out of (yaw, pitch), in units of 45 degrees. */
function poseLoss(features: Value, poses: Value, params: ReturnType<typeof inputParameters>): Value {
  const width = features.shape[1] as number;
  const weight = params.param("pose.weight", [2, width], { init: { kind: "normal", sd: 0.01 } });
  const bias = params.param("pose.bias", [2], { init: { kind: "constant", value: 0 } });
  // Features have length 20 or so; at that length the head's own curvature would limit the learning rate of the whole run.
  const error = op.sub(op.linear(op.mul(features, 1 / 8), weight, bias), poses);
  return op.mean(op.mul(error, error));
}

/**
 * First weights of a run.
 *
 * @param specs Parameters and buffers of its networks.
 * @param seed Seed of the draw.
 * @returns A state before the first step.
 *
 * @example The same seed draws the same weights
 * ```ts
 * import assert from "node:assert/strict";
 * import { iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
 * import { freshState } from "@/training/mod.ts";
 *
 * const specs = iresnetSpecs(iresnetConfig(18, { quarter: true })).slice(0, 1);
 * assert.deepEqual(freshState(specs, 1), freshState(specs, 1));
 * assert.notDeepEqual(freshState(specs, 1), freshState(specs, 2));
 * ```
 */
export function freshState(specs: readonly ParameterSpec[], seed: number): TrainingState {
  return { step: 0, values: initialise(specs, new RandomStream(seed, "initial weights")), slots: new Map() };
}
