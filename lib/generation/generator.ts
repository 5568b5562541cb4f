/**
 * What generation asks of a network: the port through which any face generator is used.
 */
import type { RandomStream } from "@/random/mod.ts";

/**
 * A network that decodes ID vectors to face images.
 *
 * The image of a vector and a mask must not depend on what else is in the batch.
 */
export interface MaskedGenerator<Mask> {
  /** Number of patch tokens T that a mask covers. */
  readonly tokens: number;
  /** Width D of an ID vector. */
  readonly vectorSize: number;
  /** The device that runs it, where it says so. */
  readonly device?: string;
  /**
   * Draws the mask of one image: which tokens the network sees.
   *
   * @param stream The image's own stream.
   * @returns The mask.
   */
  drawMask(stream: RandomStream): Mask;
  /**
   * Decodes a batch.
   *
   * @param vectors ID vectors [N, D], row after row.
   * @param masks N masks; they may differ in how many tokens they keep.
   * @returns Images [N, 3, 112, 112], RGB, -1..1.
   */
  decode(vectors: Float32Array, masks: readonly Mask[]): Promise<Float32Array>;
  /** Gives the network's memory back. */
  release(): Promise<void>;
}
