/**
 * Training of the Vec2Face generator: a recogniser's vector of an image goes in, the image is to come out.
 *
 * The losses follow https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/taming/modules/discriminator_loss.py
 * (squared error, perceptual distance, SSIM, token error, cosine of the recogniser's features). What differs: the error is
 * weighted towards the head, which the renderer knows, because a background cannot be read off a vector; absolute error
 * is added to squared error; the perceptual distance is taken on the recogniser's own inner features; generator and
 * discriminator take their steps at once, from the same images, where the reference lets them take turns; and some vectors of
 * a step may be drawn from a Gaussian, as those of later data sets are: they have no image, only the cosine counts.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import {
  arrayParameters,
  discriminator,
  drawMask,
  frozenParameters,
  inputParameters,
  iresnet,
  type IResNetConfig,
  keptTokens,
  MINI_DISCRIMINATOR,
  type Parameters,
  TRAINING_MASK,
  vec2face,
  type Vec2FaceConfig,
  vec2faceInputs,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { TensorInput } from "@/weights/mod.ts";
import { trainingProcessor } from "./_processor.ts";
import { tensorsOf } from "./_tensors.ts";
import { imagesFromBytes, masksFromBytes } from "./image_input.ts";
import { BatchReader } from "./batches.ts";
import type { TrainingRun } from "./loop.ts";
import type { PackedImages } from "./packed_images.ts";
import { freshState } from "./recogniser.ts";
import { shareOf } from "./_replicas.ts";
import { warmupCosine } from "./schedule.ts";
import { ssim } from "./ssim.ts";
import type { TrainingState } from "./state.ts";
import { Trainer } from "./trainer.ts";

/** Weights of the parts of the generator's loss. */
export interface GeneratorLossWeights {
  /** Absolute plus squared pixel error. */
  readonly pixels: number;
  /** 1 - SSIM. */
  readonly ssim: number;
  /** Distance of the recogniser's inner features. */
  readonly perceptual: number;
  /** Squared error of the tokens. */
  readonly tokens: number;
  /** 1 - cosine between the vector and the vector of the generated image, drawn vectors included. */
  readonly identity: number;
}

/** Weights that `mini` was trained with. */
export const GENERATOR_LOSS_WEIGHTS: GeneratorLossWeights = {
  pixels: 1,
  ssim: 0.2,
  perceptual: 1,
  tokens: 0.1,
  identity: 0.5,
};

/** Settings of a generator's training. */
export interface GeneratorTrainingOptions {
  /** Shape of the generator. */
  readonly config: Vec2FaceConfig;
  /** Shape of the recogniser that gives the vectors and judges the images. */
  readonly recogniser: IResNetConfig;
  /** The recogniser's weights and buffers by state-dict name. */
  readonly recogniserWeights: ReadonlyMap<string, Float32Array>;
  /** Training images. */
  readonly data: PackedImages;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Images a step. @default {16} */
  readonly batchSize?: number;
  /** Highest learning rate. @default {6e-4} */
  readonly rate?: number;
  /** Decay of matrices and kernels. @default {0.02} */
  readonly weightDecay?: number;
  /** Parts of the loss. @default {GENERATOR_LOSS_WEIGHTS} */
  readonly weights?: GeneratorLossWeights;
  /** Vectors without an image that a step decodes besides; none when left out. */
  readonly drawn?: {
    /** How many a step, of all replicas together. */
    readonly count: number;
    /** Draws vector `row` [D], as the `draw` of an `IdentitySampler` does. */
    readonly draw: (row: number) => Float32Array;
  };
  /** A discriminator that joins the training; none when left out. */
  readonly adversarial?: {
    /** Weight of its verdict in the generator's loss. */
    readonly weight: number;
    /** First step that it takes part in; building the second graph takes a few seconds there. */
    readonly from: number;
  };
  /** Seed of first weights, order, flips and masks. @default {1} */
  readonly seed?: number;
  /** Threads that share a batch; must divide it. @default {1} */
  readonly replicas?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

/** Share of the pixel error that counts outside the head. */
const BACKGROUND_WEIGHT = 0.15;

/** Names of the discriminator's weights in the state. */
const DISCRIMINATOR_PREFIX = "discriminator.";

/** A generator in training. */
export class GeneratorTraining implements TrainingRun, AsyncDisposable {
  #trainer: Trainer;
  #judged: boolean;
  readonly #options: GeneratorTrainingOptions;
  readonly #batchSize: number;
  readonly #batches: BatchReader;
  /** Sample of each row that is decoded: a replica's images, then its drawn vectors, and so on. */
  readonly #rows: readonly number[];
  /** Steps of the whole run. */
  readonly steps: number;

  private constructor(trainer: Trainer, options: GeneratorTrainingOptions, judged: boolean) {
    const { batchSize = 16, replicas = 1, drawn: { count } = { count: 0 } } = options;
    this.#trainer = trainer;
    this.#judged = judged;
    this.#options = options;
    this.#batchSize = batchSize;
    this.steps = options.steps;
    const run = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);
    this.#rows = run(0, replicas).flatMap((replica) =>
      [[0, batchSize], [batchSize, count]].flatMap(([from, n]) => run(from! + replica * n! / replicas, n! / replicas))
    );
    this.#batches = new BatchReader(options.data, { size: batchSize, seed: options.seed ?? 1, heads: true });
  }

  /**
   * Builds the training graph.
   *
   * @param options Networks, data and recipe.
   * @param saved State to go on from; drawn afresh when left out.
   * @throws {TypeError} If the recogniser's weights or the saved state do not fit the networks.
   */
  static async create(options: GeneratorTrainingOptions, saved?: TrainingState): Promise<GeneratorTraining> {
    const judged = joins(options, saved?.step ?? 0);
    return new GeneratorTraining(await buildTrainer(options, judged, saved), options, judged);
  }

  /** Weights, moments and step counter. */
  get state(): TrainingState {
    return this.#trainer.state;
  }

  /** Does one step. */
  async step(): Promise<Record<string, number>> {
    const { seed = 1, rate = 6e-4 } = this.#options;
    const { step } = this.state, size = this.#batchSize, kept = keptTokens(TRAINING_MASK);
    if (!this.#judged && joins(this.#options, step)) {
      const { state } = this;
      await this.#trainer[Symbol.asyncDispose]();
      this.#trainer = await buildTrainer(this.#options, true, state);
      this.#judged = true;
    }
    const { images, heads } = await this.#batches.take(step);
    const { count = 0, draw } = this.#options.drawn ?? {}, width = this.#options.config.vectorSize, all = size + count;
    const keep = new BigInt64Array(all * kept), masked = new Float32Array(all * TRAINING_MASK.tokens);
    this.#rows.forEach((sample, row) => {
      const mask = drawMask(new RandomStream(seed, "training mask", step, sample), TRAINING_MASK);
      keep.set(BigInt64Array.from(mask.keep, BigInt), row * kept);
      masked.set(mask.masked, row * TRAINING_MASK.tokens);
    });
    const drawn = new Float32Array(count * width);
    for (let i = 0; i < count; i++) drawn.set(draw!(step * count + i), i * width);
    return await this.#trainer.step({
      images: { data: images, shape: [size, 112, 112, 3] },
      heads: { data: heads, shape: [size, 112, 112] },
      keep: { data: keep, shape: [all, kept] },
      masked: { data: masked, shape: [all, TRAINING_MASK.tokens] },
      ...(count === 0 ? {} : { drawn: { data: drawn, shape: [count, width] } }),
    }, warmupCosine(step, { peak: rate, steps: this.steps, warmup: 100, floor: rate / 50 }));
  }

  /** Weights of the generator, ready to be written. */
  tensors(): TensorInput[] {
    return tensorsOf(vec2faceSpecs(this.#options.config), this.state.values);
  }

  /** Frees the runtime's memory and ends the reading thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#batches[Symbol.dispose]();
    await this.#trainer[Symbol.asyncDispose]();
  }
}

/** Whether the discriminator takes part in a step. */
function joins({ adversarial }: GeneratorTrainingOptions, step: number): boolean {
  return adversarial !== undefined && step >= adversarial.from;
}

/** Builds the step's graph, with or without discriminator; weights that the state lacks are drawn. */
async function buildTrainer(
  options: GeneratorTrainingOptions,
  judged: boolean,
  saved: TrainingState | undefined,
): Promise<Trainer> {
  const { config, batchSize = 16, replicas = 1, weightDecay = 0.02, weights = GENERATOR_LOSS_WEIGHTS } = options;
  const { seed = 1 } = options, share = shareOf(batchSize, replicas);
  const params = inputParameters();
  const bytes = op.input("images", "uint8", [share, 112, 112, 3]);
  const heads = op.input("heads", "uint8", [share, 112, 112]);
  const count = options.drawn?.count ?? 0, drawnShare = shareOf(count, replicas);
  const tokens = vec2faceInputs(config, { batch: share + drawnShare, kept: keptTokens(TRAINING_MASK) });
  const real = imagesFromBytes(bytes);
  const judge = arrayParameters(options.recogniserWeights, { prefix: "recogniser." });
  const target = iresnet(options.recogniser, judge, real, { inferenceOnly: true });
  const drawn = drawnShare === 0 ? [] : [op.input("drawn", "float32", [drawnShare, config.vectorSize])];
  const vectors = op.concat([target.features, ...drawn], 0);
  const { image: all, logits, tokenTargets } = vec2face(config, params, { ...tokens, vectors }, {
    processor: await trainingProcessor(options.session),
  });
  const made = iresnet(options.recogniser, judge, all);
  const ofImages = (x: Value) => drawnShare === 0 ? x : op.slice(x, { axes: [0], starts: [0], ends: [share] });
  const image = ofImages(all);

  const parts = {
    pixels: pixelLoss(image, real, masksFromBytes(heads)),
    ssim: op.sub(1, ssim(toUnit(image), toUnit(real))),
    perceptual: perceptualLoss(made.taps.slice(0, 3).map(ofImages), target.taps.slice(0, 3)),
    tokens: tokenLoss(logits, tokenTargets),
    identity: op.sub(1, op.mean(op.cosine(made.features, vectors))),
  };
  let loss = op.sum(
    Object.entries(parts).map(([name, part]) => op.mul(part, weights[name as keyof GeneratorLossWeights])),
  );
  let metrics: Record<string, Value> = parts;
  if (judged) {
    const { verdict, error } = adversarialLosses(params.scope(DISCRIMINATOR_PREFIX.slice(0, -1)), image, real);
    loss = op.add(loss, op.add(op.mul(verdict, -options.adversarial!.weight), error));
    metrics = { ...parts, verdict, discriminator: error };
  }
  const state = saved ?? placedState(freshState(params.specs, seed));
  const missing = params.specs.filter(({ name }) => name.startsWith(DISCRIMINATOR_PREFIX) && !state.values.has(name));
  for (const [name, values] of freshState(missing, seed).values) state.values.set(name, values);
  return await Trainer.create({
    data: [bytes, heads, tokens.keep, tokens.masked, ...drawn],
    parameters: params,
    loss,
    metrics,
    batchSize,
    replicas,
    optimiser: { kind: "adamw", beta1: 0.9, beta2: 0.99, weightDecay, clip: 1 },
    clipGroup: (name) => name.startsWith(DISCRIMINATOR_PREFIX) ? "discriminator" : "generator",
    ...(options.session === undefined ? {} : { session: options.session }),
  }, state);
}

/**
 * What generator and discriminator have of each other, as in the reference with its squared error: `verdict`, which the
 * generator raises, and `error`, which the discriminator lowers. Neither passes a gradient to the other's weights.
 */
function adversarialLosses(params: Parameters, image: Value, real: Value): { verdict: Value; error: Value } {
  const square = (x: Value) => op.mean(op.mul(x, x));
  const onReal = discriminator(MINI_DISCRIMINATOR, params, real);
  const onMade = discriminator(MINI_DISCRIMINATOR, params, op.detach(image));
  return {
    verdict: op.mean(discriminator(MINI_DISCRIMINATOR, frozenParameters(params), image)),
    error: op.mul(op.add(square(op.sub(onReal, 1)), square(onMade)), 0.5),
  };
}

/** Factor of the position codes' first values: from the reference's standard deviation 0.02 to 0.5. */
const POSITION_GAIN = 25;

/**
 * Makes the decoder's position codes as large as its tokens at the start.
 *
 * With the reference's small codes all 49 tokens of a vector are alike for the first thousand steps and the images are one
 * soft blob; the reference trains for a million steps, where that does not matter.
 */
function placedState(state: TrainingState): TrainingState {
  const codes = state.values.get("decoder_pos_embed_learned")!;
  for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! * POSITION_GAIN;
  return state;
}

/** -1..1 -> 0..1. */
function toUnit(x: Value): Value {
  return op.add(op.mul(x, 0.5), 0.5);
}

/** Absolute plus squared error, mostly on the head; image and real `[N,3,H,W]`, head `[N,1,H,W]` in 0..1. */
function pixelLoss(image: Value, real: Value, head: Value): Value {
  const weight = op.add(op.mul(head, 1 - BACKGROUND_WEIGHT), BACKGROUND_WEIGHT);
  const error = op.sub(image, real);
  return op.mean(op.mul(op.add(op.abs(error), op.mul(error, error)), weight));
}

/** Mean over taps of the squared distance between features of length 1 a pixel, as LPIPS takes it. */
function perceptualLoss(made: readonly Value[], real: readonly Value[]): Value {
  const distances = made.map((tap, i) => {
    const difference = op.sub(op.normalize(tap, 1, 1e-5), op.normalize(real[i]!, 1, 1e-5));
    return op.mean(op.reduceSum(op.mul(difference, difference), [1]));
  });
  return op.mul(op.sum(distances), 1 / distances.length);
}

/** Squared error of all tokens but the class token; both `[N, 1+T, E]`. */
function tokenLoss(logits: Value, targets: Value): Value {
  const count = logits.shape[1] as number;
  const tail = (x: Value) => op.slice(x, { axes: [1], starts: [1], ends: [count] });
  const error = op.sub(tail(logits), tail(targets));
  return op.mean(op.mul(error, error));
}
