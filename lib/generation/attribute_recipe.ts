/**
 * What a recipe says of attribute operation: how identities were refined before they were varied, or what was asked of
 * each image.
 */
import type { AngleSchedule, AttributePresetName, PoseAngle } from "@/attributes/mod.ts";
import type { RecipeFile } from "./recipe.ts";

/** Name of a model that is a file of one's own and not of the catalogue: ONNX, differentiated here. */
export const ONNX_MODEL = "onnx";

/** How an ONNX file of one's own is used; in no other model. */
export interface OnnxReading {
  /** What it is fed, as `parseEstimatorInput` reads it. */
  readonly input?: string | undefined;
  /** Where its numbers are, as `parsePoseOutput` and `parseScoreOutput` read it. */
  readonly output?: string | undefined;
}

/**
 * A network of the catalogue, and the file of its weights; or {@linkcode ONNX_MODEL} and the file. Where an ONNX file keeps
 * weights in others, the hash is that of all, the file's own bytes first and then the others' in alphabetical order.
 */
export interface RecipeModel extends RecipeFile, OnnxReading {
  /** Name in the catalogue. */
  readonly name: string;
}

/** A network as the user chose it: a path in the place of a hash. */
export interface ModelChoice extends OnnxReading {
  /** Name in the catalogue, or {@linkcode ONNX_MODEL}. */
  readonly name: string;
  /** Its weights; the catalogue's when left out. Of an ONNX model, the file. */
  readonly weights?: string | undefined;
}

/** Paths of weights by what they measure. */
export interface EstimatorFiles {
  /** The recogniser's. */
  readonly identity?: string;
  /** The quality estimator's. */
  readonly quality?: string;
  /** The pose estimator's. */
  readonly pose?: string;
}

/** What both uses of attribute operation have in common; numbers as in `AttributePreset`. */
export interface RecipeAttributes<Model = RecipeModel> {
  /** Where numbers that were not given came from. */
  readonly preset: AttributePresetName;
  /** Most evaluations of one vector. */
  readonly iterations: number;
  /** Learning rate of Adam. */
  readonly learningRate: number;
  /** Identity: 1 - cosine between the recogniser's features and the ID vector. */
  readonly identity: {
    readonly weight: number;
    readonly threshold: number;
    readonly hinge: number;
    readonly model: Model;
  };
  /** Quality: norm of the estimator's features. */
  readonly quality: {
    readonly weight: number;
    readonly threshold: number;
    readonly target: number;
    readonly model: Model;
  };
}

/** Identities refined before they are varied. */
export interface RecipeRefinement<Model = RecipeModel> extends RecipeAttributes<Model> {
  /**
   * What becomes of identities that are not accepted: another vector is drawn for the row, the best so far is kept, or the
   * row has no images.
   */
  readonly rejected: "replace" | "keep" | "skip";
  /** Most vectors tried for a row when they are replaced; then it has no images. */
  readonly attempts: number;
}

/** Images made to targets. */
export interface RecipeTargets<Model = RecipeModel> extends RecipeAttributes<Model> {
  /** What becomes of images that are not accepted: the best so far is kept, or there is none. */
  readonly rejected: "keep" | "skip";
  /** Error of each angle in degrees. */
  readonly pose: {
    readonly weight: number;
    readonly threshold: number;
    /** Yaw without its sign, as in the reference. */
    readonly unsigned: boolean;
    readonly model: Model;
  };
  /** Distribution of each angle that is asked for. */
  readonly angles: Readonly<Partial<Record<PoseAngle, AngleSchedule>>>;
}
