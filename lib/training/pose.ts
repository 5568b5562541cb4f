/**
 * Training of a pose estimator: RepVGG in training form, six numbers of a rotation, and the angle to the truth as loss.
 *
 * The task and the loss are those of https://github.com/thohemp/6DRepNet . Ours: AdamW with a cosine schedule instead of Adam
 * with steps, first weights drawn afresh, and a bias that starts at the frontal pose, so that the first rotations are not
 * arbitrary.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import {
  anglesFromRotation,
  deployRepvgg,
  inputParameters,
  poseEstimator,
  type PoseEstimatorConfig,
  poseEstimatorSpecs,
  rotationMatrix,
} from "@/networks/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";
import { stepsOf } from "./_batch.ts";
import { tensorsOf } from "./_tensors.ts";
import { BatchReader } from "./batches.ts";
import { geodesicAngle } from "./geodesic.ts";
import { imagesFromBytes } from "./image_input.ts";
import type { TrainingRun } from "./loop.ts";
import type { PackedImages } from "./packed_images.ts";
import { freshState } from "./recogniser.ts";
import { shareOf } from "./_replicas.ts";
import { warmupCosine } from "./schedule.ts";
import type { TrainingState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** Settings of a pose estimator's training. */
export interface PoseTrainingOptions {
  /** Shape of the network. */
  readonly config: PoseEstimatorConfig;
  /** Training images with their poses. */
  readonly data: PackedImages;
  /** Passes over the images; a fraction is a part of one. */
  readonly epochs: number;
  /** Images a step. @default {64} */
  readonly batchSize?: number;
  /** Highest learning rate. @default {2e-3} */
  readonly rate?: number;
  /** Decay of matrices and kernels. @default {0.02} */
  readonly weightDecay?: number;
  /** Seed of first weights, order and flips. @default {1} */
  readonly seed?: number;
  /** Threads that share a batch; must divide it. @default {1} */
  readonly replicas?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

/** Limit of the gradient's norm: near its least value the loss keeps gradients of length 1 an image. */
const CLIP = 1;

/** The first two columns of the rotation of a face that looks straight ahead. */
const FRONTAL = [1, 0, 0, 0, 1, 0];

/**
 * A pose estimator in training.
 *
 * @example One step on two images
 * ```ts
 * import assert from "node:assert/strict";
 * import { poseEstimatorConfig } from "@/networks/mod.ts";
 * import { type PackedImages, PoseTraining } from "@/training/mod.ts";
 *
 * const data = {
 *   length: 2,
 *   poses: [{ yaw: 20, pitch: 0, roll: 0 }, { yaw: -20, pitch: 5, roll: 1 }],
 *   image: (index: number, out: Uint8Array) => void out.fill(200 * index),
 * } as unknown as PackedImages;
 * const backbone = { blocks: [1, 1, 1, 1], widths: [4, 4, 4, 4, 4], groups: 1, squeezeExcitation: false };
 * const config = { ...poseEstimatorConfig("mini"), backbone };
 * await using run = await PoseTraining.create({ config, data, epochs: 1, batchSize: 2 });
 * assert.ok((await run.step())["yaw"]! > 0);
 * assert.equal(run.state.step, run.steps);
 * ```
 */
export class PoseTraining implements TrainingRun, AsyncDisposable {
  readonly #trainer: Trainer;
  readonly #options: PoseTrainingOptions;
  readonly #batches: BatchReader;
  readonly #rotations: Float32Array<ArrayBuffer>;
  /** Steps of the whole run: whole batches of an epoch, times epochs. */
  readonly steps: number;

  private constructor(trainer: Trainer, options: PoseTrainingOptions, size: number, steps: number) {
    this.#trainer = trainer;
    this.#options = options;
    this.steps = steps;
    this.#batches = new BatchReader(options.data, { size, seed: options.seed ?? 1 });
    this.#rotations = new Float32Array(size * 9);
  }

  /**
   * Builds the training graph.
   *
   * @param options Network, data and recipe.
   * @param saved State to go on from; drawn afresh when left out.
   * @returns The run, before its next step.
   * @throws {TypeError} If the state belongs to another network.
   * @throws {RangeError} If the replicas do not divide the batch, or images and epochs are too few for one step.
   */
  static async create(options: PoseTrainingOptions, saved?: TrainingState): Promise<PoseTraining> {
    const { config, batchSize = 64, weightDecay = 0.02, seed = 1, replicas = 1, session } = options;
    const steps = stepsOf(options.data.length, batchSize, options.epochs);
    const params = inputParameters(), share = shareOf(batchSize, replicas);
    const images = op.input("images", "uint8", [share, config.inputSize, config.inputSize, 3]);
    const truth = op.input("rotations", "float32", [share, 3, 3]);
    const estimate = poseEstimator(config, params, imagesFromBytes(images), { training: true });
    const loss = op.mean(geodesicAngle(estimate.rotation, truth));
    const target = anglesFromRotation(truth);
    const error = (a: Value, b: Value) => op.mean(op.abs(op.sub(a, b)));
    const trainer = await Trainer.create({
      data: [images, truth],
      parameters: params,
      loss,
      metrics: {
        yaw: error(estimate.yaw, target.yaw),
        pitch: error(estimate.pitch, target.pitch),
        roll: error(estimate.roll, target.roll),
      },
      updates: estimate.updates,
      batchSize,
      replicas,
      optimiser: { kind: "adamw", weightDecay, clip: CLIP },
      ...(session === undefined ? {} : { session }),
    }, saved ?? startedState(params.specs, seed));
    return new PoseTraining(trainer, options, batchSize, steps);
  }

  /** Weights, moments and step counter; weights in training form. */
  get state(): TrainingState {
    return this.#trainer.state;
  }

  /**
   * Does one step.
   *
   * @returns Loss in radians, norm of the gradient, and mean absolute errors of yaw, pitch and roll in degrees.
   * @throws {RangeError} If the loss is not a finite number, or there are fewer images than a batch takes.
   */
  async step(): Promise<Record<string, number>> {
    const { data, rate = 2e-3, config } = this.#options;
    const { step } = this.state;
    const { indices, flips, images } = await this.#batches.take(step);
    indices.forEach((index, i) => {
      const { yaw, pitch, roll } = data.poses[index]!;
      const mirrored = flips[i] ? { yaw: -yaw, pitch, roll: -roll } : { yaw, pitch, roll };
      this.#rotations.set(rotationMatrix(mirrored), 9 * i);
    });
    const size = indices.length, side = config.inputSize;
    return await this.#trainer.step({
      images: { data: images, shape: [size, side, side, 3] },
      rotations: { data: this.#rotations, shape: [size, 3, 3] },
    }, warmupCosine(step, { peak: rate, steps: this.steps, warmup: 100 }));
  }

  /**
   * Weights in deploy form.
   *
   * @returns New arrays by the reference's state-dict names.
   */
  deployed(): Map<string, Float32Array<ArrayBuffer>> {
    return deployRepvgg(this.state.values);
  }

  /**
   * Weights in deploy form, ready to be written.
   *
   * @returns Tensors by the reference's state-dict names.
   */
  tensors(): TensorInput[] {
    return tensorsOf(poseEstimatorSpecs(this.#options.config), this.deployed());
  }

  /** Frees the runtime's memory and ends the reading thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#batches[Symbol.dispose]();
    await this.#trainer[Symbol.asyncDispose]();
  }
}

/** First weights: drawn, but for the bias of the last layer. */
function startedState(specs: Parameters<typeof freshState>[0], seed: number): TrainingState {
  const state = freshState(specs, seed);
  state.values.get("linear_reg.bias")!.set(FRONTAL);
  return state;
}
