/** How good a network in training is on identities that it is not trained on. */
import {
  embedImages,
  type ImageSource,
  reportRecogniser,
  reportReconstruction,
  type Witness,
} from "@/evaluation/mod.ts";
import {
  arrayParameters,
  createGenerator,
  createRecogniser,
  type IResNetConfig,
  type Vec2FaceConfig,
} from "@/networks/mod.ts";
import type { SessionOptions } from "@/onnx/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import type { TaskArguments, TaskOption } from "./_cli.ts";

/** Options of training tasks. */
export const VALIDATION_OPTIONS: readonly TaskOption[] = [
  { flag: "held", value: "DIR", help: "packed images of held-out identities to validate on; none when left out" },
  { flag: "held-every", value: "N", default: 500, help: "steps between validations, a multiple of 20" },
  { flag: "held-images", value: "N", default: 4, help: "images of each held-out identity that are looked at" },
];

/** Figures by name, written to the log. */
export type Figures = Readonly<Record<string, number>>;
type Weights = ReadonlyMap<string, Float32Array>;

/** Held-out images, opened. */
export class HeldOut implements Disposable {
  readonly #data: PackedImages;
  readonly #images: ImageSource;
  readonly #labels: number[];
  readonly #yaws: number[];
  #witness: Promise<Witness> | undefined;

  private constructor(folder: string, perIdentity: number) {
    const data = this.#data = new PackedImages(folder);
    const chosen = data.firstImages(perIdentity);
    this.#images = { length: chosen.length, image: (i, out) => data.image(chosen[i]!, out) };
    this.#labels = chosen.map((i) => data.labels[i]!);
    this.#yaws = chosen.map((i) => data.poses[i]!.yaw);
  }

  /** Opens the folder that the arguments name; undefined when they name none. */
  static open(args: TaskArguments): HeldOut | undefined {
    const folder = args.optionalText("held");
    return folder === undefined ? undefined : new HeldOut(folder, args.integer("held-images", { min: 2 }));
  }

  async #witnessOf(config: IResNetConfig, weights: Weights, session: SessionOptions, signal: AbortSignal) {
    const embedder = await createRecogniser(config, arrayParameters(weights), session);
    const features = await embedImages(this.#images, embedder, { signal });
    const input = { features, width: embedder.vectorSize, labels: this.#labels, yaws: this.#yaws };
    const { report, yawProbes } = reportRecogniser(input);
    return { embedder, features, yawProbes, report };
  }

  /** Verification accuracy and true acceptance rate at 1e-3 (NaN where too few pairs resolve it). */
  async recogniser(config: IResNetConfig, weights: Weights, session: SessionOptions, signal: AbortSignal) {
    const { embedder, report } = await this.#witnessOf(config, weights, session, signal);
    await embedder.release();
    return { heldAccuracy: report.accuracy.mean, heldTar: report.tar.tar ?? NaN, heldYaw: report.yaw.correlation };
  }

  /** Cosine between the features of held-out images and of their decodings, and the correlation of their yaws. */
  async generator(
    config: Vec2FaceConfig,
    weights: Weights,
    recogniser: { readonly config: IResNetConfig; readonly weights: Weights },
    session: SessionOptions,
    signal: AbortSignal,
  ): Promise<Figures> {
    this.#witness ??= this.#witnessOf(recogniser.config, recogniser.weights, session, signal);
    const witness = await this.#witness;
    await using generator = await createGenerator(config, arrayParameters(weights), session);
    const [figures] = await reportReconstruction(generator, [witness], this.#yaws, { images: 100, signal });
    return { heldCosine: figures!.cosine, heldYaw: figures!.yaw.correlation };
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#data[Symbol.dispose]();
  }
}
