/**
 * Images as a notebook shows them: objects that answer the Jupyter display protocol of Deno's kernel.
 *
 * The kernel calls the method named `Symbol.for("Jupyter.display")` of a cell's result and shows what it returns, see
 * https://docs.deno.com/runtime/reference/cli/jupyter/. Nothing here needs the kernel, so the same objects work in tests.
 */
import { type AnimationOptions, encodeAnimation } from "./animation.ts";
import { contactSheet, type ContactSheetOptions } from "./contact_sheet.ts";
import { encodePng } from "./encode.ts";
import type { Pixels } from "./pixels.ts";

/** Name of the method that a notebook calls to show an object. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as typeof jupyterDisplay;

/** The same content in several MIME types; a notebook takes the richest it knows. */
export type DisplayBundle = Readonly<Record<string, string>>;

/**
 * Images in rows, shown as one picture.
 *
 * @example Two images beside each other
 * ```ts
 * import { filled, ImageGrid, jupyterDisplay } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const shown = await new ImageGrid([filled(8, 8), filled(8, 8, [255, 0, 0])])[jupyterDisplay]();
 * assert.equal(shown["text/plain"], "2 images");
 * ```
 */
export class ImageGrid {
  /** The picture. */
  readonly sheet: Pixels;
  readonly #count: number;

  /**
   * Lays the images out.
   *
   * @param images At least one image.
   * @param options Columns, gap, background and labels.
   * @throws {TypeError} When an image is malformed.
   * @throws {RangeError} When there is no image, an option is outside its range, or labels are not as many as images.
   */
  constructor(images: readonly Pixels[], options: ContactSheetOptions = {}) {
    this.sheet = contactSheet(images, options);
    this.#count = images.length;
  }

  /**
   * What a notebook shows.
   *
   * @returns A PNG in base64, and a line of text.
   */
  async [jupyterDisplay](): Promise<DisplayBundle> {
    return { "image/png": (await encodePng(this.sheet)).toBase64(), "text/plain": `${this.#count} images` };
  }
}

/**
 * Frames one after the other, shown as a moving picture.
 *
 * @example Two frames that take turns
 * ```ts
 * import { filled, jupyterDisplay, MovingImage } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moving = new MovingImage([filled(8, 8), filled(8, 8, [255, 0, 0])], { format: "webp" });
 * const shown = await moving[jupyterDisplay]();
 * assert.match(shown["text/html"]!, /^<img src="data:image\/webp;base64,/);
 * ```
 */
export class MovingImage {
  readonly #frames: readonly Pixels[];
  readonly #options: AnimationOptions;

  /**
   * Takes the frames; they are encoded when they are shown.
   *
   * @param frames At least one frame, all of one size.
   * @param options Format, delay, repetitions and quality.
   */
  constructor(frames: readonly Pixels[], options: AnimationOptions = {}) {
    this.#frames = frames;
    this.#options = options;
  }

  /**
   * What a notebook shows; as HTML, because more viewers play that than bare GIF or WebP.
   *
   * @returns An image element that holds the whole file, and a line of text.
   * @throws {TypeError} When a frame is malformed or differs in size from the first.
   * @throws {RangeError} When there is no frame or an option is outside its range.
   */
  async [jupyterDisplay](): Promise<DisplayBundle> {
    const bytes = await encodeAnimation(this.#frames, this.#options);
    const type = `image/${this.#options.format ?? "gif"}`;
    const text = `${this.#frames.length} frames`;
    return { "text/html": `<img src="data:${type};base64,${bytes.toBase64()}" alt="${text}">`, "text/plain": text };
  }
}
