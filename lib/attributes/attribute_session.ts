/**
 * Running iterations: a batch of vectors in, losses, gradients and images out.
 *
 * @module
 */
import type { TokenMask } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Device, Session, Tensor } from "@/onnx/mod.ts";
import type { RandomStream } from "@/random/mod.ts";
import { attributeGraph } from "./attribute_graph.ts";
import type { FaceDecoder } from "./face_decoder.ts";
import type { Objective, ObjectiveLabel, ObjectiveTarget } from "./objective.ts";

/** One vector to evaluate. */
export interface AttributeSample {
  /** Identity vector [D]. */
  readonly vector: Float32Array;
  /** Its mask. */
  readonly mask: TokenMask;
  /** A value for each target: a number, or a vector [D]. */
  readonly targets: Readonly<Record<string, number | Float32Array>>;
}

/** What one iteration says of one sample. */
export interface AttributeEvaluation {
  /** Sum of the weighted losses; NaN when the image has a value that is not finite. */
  readonly loss: number;
  /** Gradient of the loss with respect to the vector [D]. */
  readonly gradient: Float32Array;
  /** The image that was judged [3,H,W], RGB, -1..1. */
  readonly image: Float32Array;
  /** What each objective measured [J]. */
  readonly measured: Float32Array;
  /** Distance of each objective from its target [J]. */
  readonly miss: Float32Array;
}

/** What the loop asks of a session: the port by which it is tried without networks. */
export interface AttributeEvaluator {
  /** Width D of an identity vector. */
  readonly vectorSize: number;
  /** What samples are asked, J objectives. */
  readonly objectives: readonly ObjectiveLabel[];
  /** What samples bring along. */
  readonly targets: readonly ObjectiveTarget[];
  /**
   * Draws the mask of one image.
   *
   * @param stream The image's own random numbers.
   * @returns Kept and masked tokens.
   */
  drawMask(stream: RandomStream): TokenMask;
  /**
   * Evaluates a batch in one run; what it says of a sample does not depend on the other samples.
   *
   * @param samples N samples, N >= 1.
   * @returns N evaluations.
   */
  evaluate(samples: readonly AttributeSample[]): Promise<AttributeEvaluation[]>;
}

/** Options of {@linkcode createAttributeSession}. */
export interface AttributeSessionOptions {
  /** Device to run on. @default {"cpu"} */
  readonly device?: Device | "auto";
  /** Threads inside one operation; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /**
   * See to it that a sample gives the same bits in every batch. The first time a batch size occurs, its second and its last
   * sample are also computed beside a copy of themselves. Where a single sample gives other bits than such a pair, as some sums
   * of the runtime do, lone samples are computed as pairs from then on; where a larger batch does, all samples are computed one
   * by one. Turn off on devices whose sums depend on the batch; results then agree to rounding only.
   *
   * @default {true}
   */
  readonly exact?: boolean;
}

/** Networks and objectives loaded in the runtime. Close it with `release()` or `await using`. */
export class AttributeSession implements AttributeEvaluator, AsyncDisposable {
  readonly #session: Session;
  readonly #decoder: FaceDecoder;
  /** Batch sizes found to be exact; undefined when nobody asks. */
  readonly #checked: Set<number> | undefined;
  #alone = false;
  #paired = false;
  /** What samples are asked. */
  readonly objectives: readonly ObjectiveLabel[];
  /** What samples bring along. */
  readonly targets: readonly ObjectiveTarget[];

  /** Use {@linkcode createAttributeSession}. */
  constructor(
    session: Session,
    decoder: FaceDecoder,
    labels: { readonly objectives: readonly ObjectiveLabel[]; readonly targets: readonly ObjectiveTarget[] },
    exact: boolean,
  ) {
    this.#session = session;
    this.#decoder = decoder;
    this.objectives = labels.objectives;
    this.targets = labels.targets;
    this.#checked = exact ? new Set() : undefined;
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /** Width D of an identity vector. */
  get vectorSize(): number {
    return this.#decoder.vectorSize;
  }

  /** Height and width of an image in pixels. */
  get imageSize(): number {
    return this.#decoder.imageSize;
  }

  /** True once a larger batch gave other bits than a pair, so that samples are computed one by one. */
  get alone(): boolean {
    return this.#alone;
  }

  /** True once a single sample gave other bits than a pair, so that lone samples are computed as pairs. */
  get paired(): boolean {
    return this.#paired;
  }

  /**
   * Draws the mask of one image.
   *
   * @param stream The image's own random numbers.
   * @returns Kept and masked tokens.
   */
  drawMask(stream: RandomStream): TokenMask {
    return this.#decoder.drawMask(stream);
  }

  /**
   * Evaluates a batch in one run.
   *
   * @param samples N samples, N >= 1.
   * @returns N evaluations.
   * @throws {TypeError} If a vector, a mask or a target is missing or does not fit.
   */
  async evaluate(samples: readonly AttributeSample[]): Promise<AttributeEvaluation[]> {
    const count = samples.length;
    if (this.#alone && count > 1) return await this.#oneByOne(samples);
    const together = await this.#run(count === 1 && this.#paired ? [samples[0]!, samples[0]!] : samples);
    if (this.#checked === undefined || this.#checked.has(count)) return together.slice(0, count);
    // The second as well as the last: some sums depend on whether a row starts at a multiple of 16 bytes.
    const probes = [...new Set([Math.min(1, count - 1), count - 1])].filter((i) => tells(together[i]!));
    for (const probe of probes) {
      const [pair] = await this.#run([samples[probe]!, samples[probe]!]);
      if (sameBits(pair!, together[probe]!)) continue;
      if (count > 1) {
        this.#alone = true;
        return await this.#oneByOne(samples);
      }
      this.#paired = true;
      this.#checked.add(count);
      return [pair!];
    }
    if (probes.length > 0) this.#checked.add(count);
    return together;
  }

  async #oneByOne(samples: readonly AttributeSample[]): Promise<AttributeEvaluation[]> {
    const out: AttributeEvaluation[] = [];
    for (const sample of samples) out.push(...await this.evaluate([sample]));
    return out;
  }

  async #run(samples: readonly AttributeSample[]): Promise<AttributeEvaluation[]> {
    const count = samples.length, { vectorSize, tokens, kept } = this.#decoder;
    const vectors = new Float32Array(count * vectorSize), masked = new Float32Array(count * tokens);
    const keep = new BigInt64Array(count * kept);
    samples.forEach(({ vector, mask }, i) => {
      if (vector.length !== vectorSize || mask.masked.length !== tokens || mask.keep.length !== kept) {
        throw new TypeError(
          `Cannot evaluate sample ${i}: found a vector of ${vector.length} and a mask that keeps ${mask.keep.length} of ` +
            `${mask.masked.length} tokens, expected ${vectorSize} values and ${kept} of ${tokens}`,
        );
      }
      vectors.set(vector, i * vectorSize);
      masked.set(mask.masked, i * tokens);
      keep.set(Array.from(mask.keep, BigInt), i * kept);
    });
    const feeds: Record<string, Tensor> = {
      vectors: { data: vectors, shape: [count, vectorSize] },
      keep: { data: keep, shape: [count, kept] },
      masked: { data: masked, shape: [count, tokens] },
    };
    for (const target of this.targets) feeds[`target.${target.name}`] = gather(target, samples, vectorSize);
    const out = await this.#session.run(feeds);
    const rows = (name: string) => {
      const data = out[name]!.data as Float32Array, size = data.length / count;
      return (i: number) => data.subarray(i * size, (i + 1) * size);
    };
    const [loss, gradient, image] = [rows("loss"), rows("gradient"), rows("image")];
    const [measured, miss] = [rows("measured"), rows("miss")];
    return samples.map((_, i) => ({
      loss: loss(i)[0]!,
      gradient: gradient(i),
      image: image(i),
      measured: measured(i),
      miss: miss(i),
    }));
  }

  /** Frees the runtime's memory; the session cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode AttributeSession.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Loads generator, estimators and their gradient as one model.
 *
 * Requires `--allow-ffi` permission, and `--allow-read` where weights lie in files.
 *
 * @param decoder The generator.
 * @param objectives What is asked.
 * @param options Device and threads.
 * @returns The session, for any batch size.
 * @throws {TypeError} If an objective does not fit, or an operator on the way has no gradient.
 * @throws {RangeError} If there are no objectives or two of one name.
 * @throws {Error} If the device is not there.
 *
 * @example A face that is one number, to be near a target
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { createAttributeSession, targetObjective } from "@/attributes/mod.ts";
 *
 * const mask = { keep: Uint8Array.of(0), masked: Uint8Array.of(0) };
 * const red = targetObjective("red", (image) => op.reduceMean(image, [1, 2, 3], false), { toward: "near", threshold: 0.1 });
 * await using session = await createAttributeSession({
 *   vectorSize: 3,
 *   tokens: 1,
 *   kept: 1,
 *   imageSize: 1,
 *   drawMask: () => mask,
 *   decode: ({ vectors }) => op.reshape(vectors, ["N", 3, 1, 1]),
 * }, [red]);
 * const [found] = await session.evaluate([{ vector: Float32Array.of(0, 0.75, 0), mask, targets: { red: 1 } }]);
 * deepStrictEqual([found!.loss, found!.measured[0]], [0.75, 0.25]);
 * ```
 */
export async function createAttributeSession(
  decoder: FaceDecoder,
  objectives: readonly Objective[],
  options: AttributeSessionOptions = {},
): Promise<AttributeSession> {
  const { device = "cpu", threads = 0, exact = true } = options;
  const graph = attributeGraph(decoder, objectives);
  const labels = {
    objectives: graph.objectives.map(({ name, unit, threshold }) => ({ name, unit, threshold })),
    targets: graph.targets,
  };
  // Batches shrink as samples finish: a memory plan for each size would only add up.
  const session = await op.createSession(graph.model, { device, threads, memoryPattern: false });
  return new AttributeSession(session, decoder, labels, exact);
}

/** One target of all samples as a tensor, [N] or [N,D]. */
function gather({ name, kind }: ObjectiveTarget, samples: readonly AttributeSample[], width: number): Tensor {
  const size = kind === "vector" ? width : 1, data = new Float32Array(samples.length * size);
  samples.forEach(({ targets }, i) => {
    const value = targets[name];
    const fits = typeof value === "number" ? kind === "number" : value?.length === width && kind === "vector";
    if (!fits) {
      throw new TypeError(
        `Cannot evaluate sample ${i}: target "${name}" is ${
          value === undefined ? "missing" : typeof value === "number" ? "a number" : `a vector of ${value.length}`
        }, expected ${kind === "vector" ? `a vector of ${width}` : "a number"}`,
      );
    }
    if (typeof value === "number") data[i] = value;
    else data.set(value!, i * width);
  });
  return { data, shape: kind === "vector" ? [samples.length, width] : [samples.length] };
}

/** Whether a comparison of bits would show anything: NaN and zero gradients are the same by every way of summing. */
function tells({ loss, gradient }: AttributeEvaluation): boolean {
  return Number.isFinite(loss) && gradient.some((g) => g !== 0);
}

/** Compares the bits of two evaluations of one sample. */
function sameBits(a: AttributeEvaluation, b: AttributeEvaluation): boolean {
  const same = (x: Float32Array, y: Float32Array) => x.length === y.length && x.every((v, i) => Object.is(v, y[i]));
  return Object.is(a.loss, b.loss) && same(a.gradient, b.gradient) && same(a.image, b.image) &&
    same(a.measured, b.measured) && same(a.miss, b.miss);
}
