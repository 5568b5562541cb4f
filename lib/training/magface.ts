/**
 * Training of a quality estimator: a recogniser with the MagFace loss, on pictures and on worse copies of them.
 *
 * MagFace lets the norm of a feature say how recognisable a face is; on many photographs that follows from the loss alone. This
 * network is small and sees rendered heads that are seldom bad, so half of every batch are copies made worse by a known amount
 * ({@linkcode degrade}), and a hinge asks that their norm is smaller than that of the picture they come from: at most
 * (1 - fall * strength) of it. The hinge is ours; weight 0 turns it off.
 *
 * @module
 */
import { DEGRADATION_KINDS, degrade } from "@/images/degrade.ts"; // not mod.ts, which would start sharp
import { inputParameters, iresnet, type IResNetConfig, iresnetSpecs, type ParameterSpec } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";
import { stepsOf } from "./_batch.ts";
import { trainingProcessor } from "./_processor.ts";
import { tensorsOf } from "./_tensors.ts";
import { BatchReader } from "./batches.ts";
import { imagesFromBytes } from "./image_input.ts";
import type { TrainingRun } from "./loop.ts";
import { magfaceLoss, type MagfaceRange } from "./magface_loss.ts";
import type { PackedImages } from "./packed_images.ts";
import { freshState } from "./recogniser.ts";
import { shareOf } from "./_replicas.ts";
import { warmupCosine } from "./schedule.ts";
import type { TrainingState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** Settings of a quality estimator's training. */
export interface MagfaceTrainingOptions {
  /** Shape of the network. */
  readonly config: IResNetConfig;
  /** Training images. */
  readonly data: PackedImages;
  /** Passes over the images; a fraction is a part of one. */
  readonly epochs: number;
  /** Images a step, half of them worse copies of the others; even. @default {32} */
  readonly batchSize?: number;
  /** Highest learning rate. @default {0.05} */
  readonly rate?: number;
  /** Factor of the cosines. @default {32} */
  readonly scale?: number;
  /** Lengths of features and their margins. @default {MINI_MAGFACE} */
  readonly range?: MagfaceRange;
  /** Share of the run over which the margins rise from 0. @default {0.2} */
  readonly marginRamp?: number;
  /** Weight of the pull towards long features. @default {20} */
  readonly pullWeight?: number;
  /** Weight of the hinge on worse copies. @default {10} */
  readonly hingeWeight?: number;
  /** Share of its norm that a copy of strength 1 has to lose, 0..1. @default {0.4} */
  readonly fall?: number;
  /** Decay of matrices and kernels. @default {5e-4} */
  readonly weightDecay?: number;
  /** Seed of first weights, order, flips and degradations. @default {1} */
  readonly seed?: number;
  /** Weights by name that replace drawn ones; `classes.weight` are the class vectors. */
  readonly start?: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Threads that share a batch, each as many pictures as copies; twice their number must divide it. @default {1} */
  readonly replicas?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

/**
 * Lengths and margins for small networks. The last batch norm of IResNet keeps the mean square of a batch's norms near
 * D = 512, so they lie around 22.6; the mean margin is that of the bundled recogniser.
 */
export const MINI_MAGFACE: MagfaceRange = { norms: [10, 40], margins: [0.2, 0.55] };

/**
 * A quality estimator in training.
 *
 * @example One step on an image and a worse copy of it
 * ```ts
 * import assert from "node:assert/strict";
 * import { iresnetConfig } from "@/networks/mod.ts";
 * import { MagfaceTraining, type PackedImages } from "@/training/mod.ts";
 *
 * const data = {
 *   length: 2,
 *   classes: 2,
 *   labels: Int32Array.of(0, 1),
 *   image: (index: number, out: Uint8Array) => void out.fill(200 * index),
 * } as unknown as PackedImages;
 * const config = { ...iresnetConfig(18, { quarter: true }), layers: [1, 1, 1, 1], widths: [4, 4, 4, 4] } as const;
 * await using run = await MagfaceTraining.create({ config, data, epochs: 0.5, batchSize: 2 });
 * assert.ok((await run.step())["norm"]! > 0);
 * assert.equal(run.state.step, run.steps);
 * ```
 */
export class MagfaceTraining implements TrainingRun, AsyncDisposable {
  readonly #trainer: Trainer;
  readonly #options: MagfaceTrainingOptions;
  readonly #batchSize: number;
  readonly #batches: BatchReader;
  readonly #images: Uint8Array<ArrayBuffer>;
  readonly #labels: BigInt64Array<ArrayBuffer>;
  readonly #strengths: Float32Array<ArrayBuffer>;
  /** Steps of the whole run: whole batches of an epoch, times epochs; a batch takes half its size of images. */
  readonly steps: number;

  private constructor(trainer: Trainer, options: MagfaceTrainingOptions, batchSize: number, steps: number) {
    const { data, seed = 1, config: { inputSize } } = options;
    const half = batchSize / 2;
    this.#trainer = trainer;
    this.#options = options;
    this.#batchSize = batchSize;
    this.steps = steps;
    this.#batches = new BatchReader(data, { size: half, seed });
    this.#images = new Uint8Array(batchSize * inputSize ** 2 * 3);
    this.#labels = new BigInt64Array(batchSize);
    this.#strengths = new Float32Array(half);
  }

  /**
   * Builds the training graph.
   *
   * @param options Network, data and recipe.
   * @param saved State to go on from; drawn afresh when left out.
   * @returns The run, before its next step.
   * @throws {RangeError} If the replicas do not divide the batch, or into odd shares, or there is not one step to do.
   * @throws {TypeError} If the state or the weights to start from belong to another network.
   */
  static async create(options: MagfaceTrainingOptions, saved?: TrainingState): Promise<MagfaceTraining> {
    const { config, data, batchSize = 32, scale = 32, range = MINI_MAGFACE, weightDecay = 5e-4, seed = 1 } = options;
    const { pullWeight = 20, hingeWeight = 10, fall = 0.4, replicas = 1, session } = options;
    const share = shareOf(batchSize, replicas), half = share / 2;
    if (share % 2 !== 0) {
      throw new RangeError(
        `Cannot train on images and worse copies: ${share} images in each of ${replicas} replicas, expected an even number`,
      );
    }
    const steps = stepsOf(data.length, batchSize / 2, options.epochs);
    const params = inputParameters();
    const images = op.input("images", "uint8", [share, config.inputSize, config.inputSize, 3]);
    const labels = op.input("labels", "int64", [share]);
    const strengths = op.input("strengths", "float32", [half, 1]);
    const ramp = op.input("ramp", "float32", []);
    const { features, updates } = iresnet(config, params, imagesFromBytes(images), {
      training: true,
      processor: await trainingProcessor(options.session),
    });
    const centres = params.param("classes.weight", [data.classes, config.features], {
      init: { kind: "normal", sd: 0.05 }, // length 1 or so, as in the recogniser's training
    });
    const mag = magfaceLoss({ features, centres, labels, scale, range, ramp });
    const [clean, worse] = op.split(mag.norms, [half, half], 0);
    // The picture itself is not pulled up by the hinge, so its norm goes where MagFace wants it.
    const ratio = op.div(worse!, op.detach(clean!));
    const hinge = op.mean(op.relu(op.add(op.sub(ratio, 1), op.mul(strengths, fall))));
    const loss = op.sum([mag.loss, op.mul(mag.pull, pullWeight), op.mul(hinge, hingeWeight)]);
    const trainer = await Trainer.create({
      data: [images, labels, strengths, ramp],
      parameters: params,
      loss,
      metrics: {
        magface: mag.loss,
        accuracy: mag.accuracy,
        cosine: mag.cosine,
        norm: op.mean(clean!),
        ratio: op.mean(ratio),
        hinge,
      },
      updates,
      batchSize,
      replicas,
      optimiser: { kind: "sgd", momentum: 0.9, weightDecay },
      ...(session === undefined ? {} : { session }),
    }, saved ?? startedState(params.specs, seed, options.start));
    return new MagfaceTraining(trainer, options, batchSize, steps);
  }

  /** Weights, moments and step counter. */
  get state(): TrainingState {
    return this.#trainer.state;
  }

  /**
   * Does one step.
   *
   * @returns Loss, its parts, accuracy, mean cosine, mean norm of the pictures, mean norm of the copies relative to theirs.
   * @throws {RangeError} If the loss is not a finite number, or there are fewer images than half a batch takes.
   */
  async step(): Promise<Record<string, number>> {
    const { config, rate = 0.05, marginRamp = 0.2 } = this.#options;
    const { step } = this.state;
    await this.#fill(step);
    const size = this.#batchSize, side = config.inputSize;
    const ramp = marginRamp === 0 ? 1 : Math.min(1, step / (marginRamp * this.steps));
    return await this.#trainer.step({
      images: { data: this.#images, shape: [size, side, side, 3] },
      labels: { data: this.#labels, shape: [size] },
      strengths: { data: this.#strengths, shape: [size / 2, 1] },
      ramp: { data: Float32Array.of(ramp), shape: [] },
    }, warmupCosine(step, { peak: rate, steps: this.steps, warmup: 100 }));
  }

  /** Puts pictures, copies, labels and strengths of a step in place. */
  async #fill(step: number): Promise<void> {
    const { data, seed = 1, replicas = 1, config: { inputSize: side } } = this.#options;
    const { indices, images } = await this.#batches.take(step);
    const half = indices.length / replicas, bytes = side * side * 3; // a replica's pictures, then its copies of them
    indices.forEach((index, i) => {
      const row = i + Math.floor(i / half) * half;
      this.#labels[row] = this.#labels[row + half] = BigInt(data.labels[index]!);
      const stream = new RandomStream(seed, "degradation", step, i);
      const kind = DEGRADATION_KINDS[stream.integer(DEGRADATION_KINDS.length)]!, strength = stream.uniform();
      const image = { width: side, height: side, data: images.subarray(i * bytes, (i + 1) * bytes) };
      this.#images.set(image.data, row * bytes);
      this.#images.set(degrade(image, { kind, strength }, stream).data, (row + half) * bytes);
      this.#strengths[i] = strength;
    });
  }

  /**
   * Weights and buffers of the network itself, without class vectors, ready to be written.
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

/** Drawn weights with given ones in place of some. */
function startedState(
  specs: readonly ParameterSpec[],
  seed: number,
  start: MagfaceTrainingOptions["start"],
): TrainingState {
  const state = freshState(specs, seed);
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
