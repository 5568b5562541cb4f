/**
 * Training images packed as `.npy` files, as `deno task render --format npy` writes them.
 *
 * `images.npy` uint8 [N,112,112,3] RGB, `masks.npy` uint8 [N,112,112] (255 on the head), `labels.npy` int32 [N] and
 * `truth.jsonl`, one line an image. Batches are read straight from the files, so memory does not grow with N.
 *
 * @module
 */
import { type NpyFile, openNpy, readNpy } from "@/weights/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** Height and width of training images in pixels. */
const SIZE = 112;

/** Pose of a training image in degrees. */
export interface Pose {
  /** Turn to the side. */
  readonly yaw: number;
  /** Nod. */
  readonly pitch: number;
  /** Tilt. */
  readonly roll: number;
}

/** What is read of a line of `truth.jsonl`. */
interface Line extends Pose {
  readonly landmarks?: readonly (readonly [x: number, y: number])[];
  readonly frame?: { readonly zoom: number };
}

/**
 * A folder of packed images, opened.
 *
 * @example Two black images
 * ```ts
 * import assert from "node:assert/strict";
 * import { PackedImages } from "@/training/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 *
 * const folder = await Deno.makeTempDir(), pixels = 2 * 112 * 112;
 * writeNpy(`${folder}/images.npy`, { dtype: "uint8", shape: [2, 112, 112, 3], data: new Uint8Array(pixels * 3) });
 * writeNpy(`${folder}/masks.npy`, { dtype: "uint8", shape: [2, 112, 112], data: new Uint8Array(pixels) });
 * writeNpy(`${folder}/labels.npy`, { dtype: "int32", shape: [2], data: Int32Array.of(7, 4) });
 * await Deno.writeTextFile(`${folder}/truth.jsonl`, '{"yaw":1,"pitch":2,"roll":3}\n'.repeat(2));
 * {
 *   using data = new PackedImages(folder);
 *   assert.deepEqual([data.length, data.classes, [...data.labels]], [2, 2, [0, 1]]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class PackedImages implements Disposable {
  readonly #images: NpyFile;
  readonly #masks: NpyFile;
  /** Where the files lie. */
  readonly folder: string | undefined;
  /** Label of each image, consecutive from 0. */
  readonly labels: Int32Array;
  /** Pose of each image. */
  readonly poses: readonly Pose[];
  /** Eyes, tip of the nose, corners of the mouth of each image, pixels; undefined where truth.jsonl does not tell. */
  readonly landmarks: readonly (readonly (readonly [x: number, y: number])[] | undefined)[];
  /** Size of the face in each image, 1 for an aligned one. */
  readonly zooms: Float64Array;
  /** Number of different labels. */
  readonly classes: number;

  /**
   * Opens a folder.
   *
   * @param folder Where `images.npy` and the other files lie.
   * @throws {TypeError} If the files do not belong together.
   * @throws {SyntaxError} If a file cannot be read as what it should be.
   * @throws {Deno.errors.NotFound} If one is missing.
   */
  constructor(folder: string) {
    this.folder = folder;
    requireImages(folder);
    this.#images = openNpy(`${folder}/images.npy`);
    this.#masks = openNpy(`${folder}/masks.npy`);
    const labels = readNpy(`${folder}/labels.npy`).data;
    if (!(labels instanceof Int32Array)) {
      throw new TypeError(`Cannot read "${folder}/labels.npy": its elements must be int32`);
    }
    const lines = Deno.readTextFileSync(`${folder}/truth.jsonl`).trimEnd().split("\n");
    const truth = lines.map((line) => JSON.parse(line) as Line);
    this.poses = truth.map(({ yaw, pitch, roll }) => ({ yaw, pitch, roll }));
    this.landmarks = truth.map(({ landmarks }) => landmarks);
    this.zooms = Float64Array.from(truth, ({ frame }) => frame?.zoom ?? 1);
    for (const [what, n] of [["masks", this.#masks.length], ["labels", labels.length], ["truth", lines.length]]) {
      if (n !== this.#images.length) {
        throw new TypeError(
          `Cannot train on "${folder}": ${this.#images.length} images but ${n} ${what}; render the folder again`,
        );
      }
    }
    if (this.#images.shape.slice(1).join() !== `${SIZE},${SIZE},3`) {
      throw new TypeError(
        `Cannot train on "${folder}": images are [${this.#images.shape}], expected [N,${SIZE},${SIZE},3]`,
      );
    }
    const numbers = new Map<number, number>();
    for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
    this.labels = labels.map((label) => numbers.get(label)!);
    this.classes = numbers.size;
  }

  /** Number of images. */
  get length(): number {
    return this.#images.length;
  }

  /**
   * Numbers of the first images of each identity.
   *
   * @param perIdentity Most images taken of one identity.
   * @returns Numbers of images, ascending.
   */
  firstImages(perIdentity: number): number[] {
    const seen = new Int32Array(this.classes);
    return Array.from(this.labels.keys()).filter((i) => seen[this.labels[i]!]!++ < perIdentity);
  }

  /**
   * Copies one image.
   *
   * @param index Number of the image.
   * @param out Receives 112 x 112 x 3 bytes, RGB.
   * @param flip Mirror left and right.
   */
  image(index: number, out: Uint8Array, flip = false): void {
    copyRows(this.#images.rows(index, index + 1) as Uint8Array, out, 3, flip);
  }

  /**
   * Copies one head mask.
   *
   * @param index Number of the image.
   * @param out Receives 112 x 112 bytes, 255 on the head.
   * @param flip Mirror left and right.
   */
  mask(index: number, out: Uint8Array, flip = false): void {
    copyRows(this.#masks.rows(index, index + 1) as Uint8Array, out, 1, flip);
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#images[Symbol.dispose]();
    this.#masks[Symbol.dispose]();
  }
}

/** Refuses a folder without packed images, and says how they are made. */
function requireImages(folder: string): void {
  try {
    Deno.statSync(`${folder}/images.npy`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot open packed images: ${folder}/images.npy is not there; deno task render --output ${folder} makes some`,
      { cause: error },
    );
  }
}

function copyRows(source: Uint8Array, out: Uint8Array, channels: number, flip: boolean): void {
  if (!flip) {
    out.set(source);
    return;
  }
  const row = SIZE * channels;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const from = y * row + x * channels, to = y * row + (SIZE - 1 - x) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = source[from + c]!;
    }
  }
}

/**
 * Which images a step uses: each epoch is its own permutation, a last partial batch is left out.
 *
 * @param length Number of images.
 * @param batchSize Images a step.
 * @param step Step, counted from 0 over all epochs.
 * @param seed Seed of the run.
 * @returns Indices of the images and whether each is mirrored.
 * @throws {RangeError} If there are fewer images than a batch takes.
 *
 * @example An epoch uses every image once
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchIndices } from "@/training/mod.ts";
 *
 * const epoch = [0, 1, 2].flatMap((step) => [...batchIndices(6, 2, step, 1).indices]);
 * assert.deepEqual(epoch.sort(), [0, 1, 2, 3, 4, 5]);
 * ```
 */
export function batchIndices(
  length: number,
  batchSize: number,
  step: number,
  seed: number,
): { indices: Int32Array; flips: boolean[] } {
  const perEpoch = Math.floor(length / batchSize);
  if (perEpoch < 1) throw new RangeError(`Cannot make batches of ${batchSize} from ${length} images`);
  const epoch = Math.floor(step / perEpoch), at = (step % perEpoch) * batchSize;
  if (cached?.key !== `${length}/${seed}/${epoch}`) {
    const order = new RandomStream(seed, "epoch order", epoch).permutation(length);
    cached = { key: `${length}/${seed}/${epoch}`, order };
  }
  const flips = new RandomStream(seed, "flips", step);
  return {
    indices: cached.order.slice(at, at + batchSize),
    flips: Array.from({ length: batchSize }, () => flips.nextUint32() % 2 === 1),
  };
}

/** The order of the current epoch; only a memory of a pure function. */
let cached: { readonly key: string; readonly order: Int32Array } | undefined;
