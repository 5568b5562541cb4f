/** How good a pose or quality estimator is on identities that it was not trained on. */
import {
  estimatePoses,
  estimateQualities,
  type ImageSource,
  type PoseColumns,
  type PoseJudge,
  type PoseReport,
  qualityCorrelations,
  type QualityJudge,
  type QualityReport,
  type QualityTruth,
  reportPose,
  reportQuality,
  type WorkOptions,
} from "@/evaluation/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import type { TaskArguments } from "./_cli.ts";

/** Pictures that {@linkcode HeldImages.quality} makes worse. */
const QUALITY_IMAGES = 40;

/** Held-out images, opened. */
export class HeldImages implements Disposable {
  readonly #data: PackedImages;
  readonly #folder: string;
  readonly #chosen: readonly number[];
  readonly #truth: readonly QualityTruth[];

  /** Opens a folder of packed images and takes the first images of each identity. */
  constructor(folder: string, perIdentity: number) {
    this.#data = new PackedImages(folder);
    this.#folder = folder;
    this.#chosen = this.#data.firstImages(perIdentity);
    const lines = Deno.readTextFileSync(`${folder}/truth.jsonl`).trimEnd().split("\n");
    this.#truth = this.#chosen.map((index) => JSON.parse(lines[index]!));
  }

  /** Opens the folder that `--held` names; undefined when it names none. */
  static open(args: TaskArguments): HeldImages | undefined {
    const folder = args.optionalText("held");
    return folder === undefined ? undefined : new HeldImages(folder, args.integer("held-images", { min: 1 }));
  }

  /** Number of images. */
  get length(): number {
    return this.#chosen.length;
  }

  #source(numbers: readonly number[]): ImageSource {
    return { length: numbers.length, image: (i, out) => this.#data.image(this.#chosen[numbers[i]!]!, out) };
  }

  /** Errors of a pose estimator on all images within 60 degrees. */
  async pose(judge: PoseJudge, options: WorkOptions = {}): Promise<PoseReport> {
    const all = [...this.#chosen.keys()];
    const poses = this.#chosen.map((index) => this.#data.poses[index]!);
    const column = (name: keyof PoseColumns) => poses.map((pose) => pose[name]);
    const truth = { yaw: column("yaw"), pitch: column("pitch"), roll: column("roll") };
    return reportPose(await estimatePoses(this.#source(all), judge, options), truth);
  }

  /** How the quality falls: on some undamaged images made worse, and on all images with what is known about them. */
  async quality(
    judge: QualityJudge,
    { onProgress, signal }: WorkOptions = {},
  ): Promise<{ report: QualityReport; known: Readonly<Record<string, number>> }> {
    const wanting = this.#truth.findIndex(({ light, blur }) => light === undefined || blur === undefined);
    if (wanting !== -1) {
      throw new TypeError(
        `Cannot report on quality: "${this.#folder}/truth.jsonl" does not tell blur and light of image ` +
          `${this.#chosen[wanting]}; render the folder again`,
      );
    }
    const good = [...this.#truth.keys()].filter((i) => isGood(this.#truth[i]!));
    const step = Math.max(1, good.length / QUALITY_IMAGES);
    const some = Array.from({ length: Math.min(good.length, QUALITY_IMAGES) }, (_, k) => good[Math.floor(k * step)]!);
    const report = await reportQuality(this.#source(some), judge, { signal, onProgress });
    const qualities = await estimateQualities(this.#source([...this.#chosen.keys()]), judge, { signal });
    return { report, known: qualityCorrelations(qualities, this.#truth) };
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#data[Symbol.dispose]();
  }
}

/** Sharp, hardly noisy, nothing in front, not in the dark, not in profile. */
function isGood({ blur, shrink, noise, occlusion, light, yaw }: QualityTruth): boolean {
  return blur < 0.6 && shrink === 1 && noise < 3 && occlusion === "none" && light.key > 0.5 && Math.abs(yaw) < 45;
}
