/**
 * Verification sets: pairs of images of one person or of two.
 */

import type { Pixels } from "@/images/mod.ts";

/** P pairs of images; images 2p and 2p + 1 are pair p. */
export interface VerificationSet extends AsyncDisposable {
  /** Name, as "lfw". */
  readonly name: string;
  /** Number of pairs P. */
  readonly length: number;
  /** 1 where both images of a pair are of one person, else 0: [P]. */
  readonly same: Uint8Array;

  /**
   * Reads one image as it is stored.
   *
   * @param index Which one, 0..2P-1.
   * @returns The image file, or undefined where pixels are stored.
   * @throws {RangeError} When `index` is outside its range.
   */
  bytes(index: number): Promise<Uint8Array | undefined>;

  /**
   * Reads and decodes one image.
   *
   * @param index Which one, 0..2P-1.
   * @returns The image in its own size, RGB.
   * @throws {RangeError} When `index` is outside its range.
   * @throws {SyntaxError} When the image cannot be decoded.
   */
  image(index: number): Promise<Pixels>;

  /** Closes the files. */
  close(): Promise<void>;
}
