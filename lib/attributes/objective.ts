/**
 * What attribute operation descends: an objective is a piece of graph that says of each sample how far its image is from
 * what was asked.
 *
 * The reference adds batch means (gen_image of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py); here every term is one number a
 * sample, so that a sample is judged alone.
 *
 * @module
 */
import type { Value } from "@/onnx/mod.ts";

/** A number or a vector that each sample brings along for an objective. */
export interface ObjectiveTarget {
  /** Name by which samples give it; objectives that name the same target share it. */
  readonly name: string;
  /** One number a sample, or a vector as wide as an identity vector. */
  readonly kind: "number" | "vector";
  /** Used where a sample gives none; numbers only. */
  readonly fallback?: number;
}

/** The name of the target that the loop itself fills in: the vector a sample started from. */
export const START_TARGET = "start";

/** What an objective is built from. */
export interface ObjectiveContext {
  /** Images [N,3,H,W], RGB, clipped to -1..1. */
  readonly image: Value;
  /** Identity vectors [N,D] that the images were decoded from. */
  readonly vectors: Value;
  /**
   * A target of the objective as a graph input: [N], or [N,D] for a vector.
   *
   * @param name One of the objective's own targets.
   * @returns The input.
   */
  target(name: string): Value;
}

/** What an objective says of each sample. */
export interface ObjectiveTerms {
  /** What is descended, weight included [N]. */
  readonly loss: Value;
  /** The quantity itself, in the objective's unit [N]. */
  readonly measured: Value;
  /** Distance from the target, 0 or more, in the unit of the threshold [N]. */
  readonly miss: Value;
}

/** What a result tells about an objective. */
export interface ObjectiveLabel {
  /** Its name, once in a set. */
  readonly name: string;
  /** Unit of what is measured, for people: "cosine", "norm", "degrees". */
  readonly unit: string;
  /** Greatest miss of an accepted sample, above 0; Infinity where it never decides. */
  readonly threshold: number;
}

/** One thing asked of an image. */
export interface Objective extends ObjectiveLabel {
  /** What each sample brings along for it. */
  readonly targets: readonly ObjectiveTarget[];
  /**
   * Builds its part of the graph.
   *
   * @param context Images, vectors and targets.
   * @returns Its terms, each [N].
   */
  build(context: ObjectiveContext): ObjectiveTerms;
}
