/** How well a landmark estimator tells aligned faces of people that it was not trained on from misaligned ones. */
import {
  type AlignmentReport,
  type AlignmentReportOptions,
  type LandmarkSource,
  reportAlignment,
} from "@/evaluation/mod.ts";
import type { Affine, LandmarkJudge, Pixels, Point } from "@/images/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import type { TaskArguments } from "./_cli.ts";

/** Height and width of packed images, and their middle. */
const SIZE = 112, MIDDLE = (SIZE - 1) / 2;

/** Held-out faces, opened. */
export class HeldFaces implements LandmarkSource, Disposable {
  readonly #data: PackedImages;
  readonly #chosen: readonly number[];

  /** Opens a folder of packed images and takes the first images of each identity. */
  constructor(folder: string, perIdentity: number) {
    this.#data = new PackedImages(folder);
    this.#chosen = this.#data.firstImages(perIdentity);
    const wanting = this.#chosen.find((index) => this.#data.landmarks[index] === undefined);
    if (wanting !== undefined) {
      this.#data[Symbol.dispose]();
      throw new TypeError(
        `Cannot look at landmarks: "${folder}/truth.jsonl" has none of image ${wanting}; render the folder again`,
      );
    }
  }

  /** Opens the folder that `--held` names; undefined when it names none. */
  static open(args: TaskArguments): HeldFaces | undefined {
    const folder = args.optionalText("held");
    return folder === undefined ? undefined : new HeldFaces(folder, args.integer("held-images", { min: 1 }));
  }

  /** Number of images. */
  get length(): number {
    return this.#chosen.length;
  }

  /** Yaw of an image, degrees. */
  yaw(index: number): number {
    return this.#data.poses[this.#chosen[index]!]!.yaw;
  }

  /** An image. */
  picture(index: number): Pixels {
    const data = new Uint8Array(SIZE * SIZE * 3);
    this.#data.image(this.#chosen[index]!, data);
    return { width: SIZE, height: SIZE, data };
  }

  /** Its points. */
  landmarks(index: number): readonly Point[] {
    return this.#data.landmarks[this.#chosen[index]!]!;
  }

  /** Undoes its zoom: but for that it is aligned. */
  aligned(index: number): Affine {
    const scale = 1 / this.#data.zooms[this.#chosen[index]!]!, shift = MIDDLE * (1 - scale);
    return [scale, 0, shift, 0, scale, shift];
  }

  /** Measures a landmark estimator. */
  measure(judge: LandmarkJudge, options: AlignmentReportOptions = {}): Promise<AlignmentReport> {
    return reportAlignment(this, judge, options);
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#data[Symbol.dispose]();
  }
}
