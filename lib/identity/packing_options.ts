/** What packing takes and gives: see `packVectors`. */
import type { GaussianMoments } from "./moments.ts";
import type { Norms } from "./norms.ts";
import type { VectorSource } from "./vectors.ts";

/** What packed rows are kept near to. */
export type PackNear =
  | {
    /** One minus the cosine to the nearest vector of a gallery. */
    readonly kind: "gallery";
    /** The gallery [G, D]; held in memory while packing. */
    readonly vectors: VectorSource;
    /** Weight beside the largest cosine, above 0. @default {0.5} */
    readonly weight?: number;
  }
  | {
    /** Half of (d - 1)^2 where d > 1, with d the Mahalanobis distance / sqrt(D) of the row at its norm. */
    readonly kind: "gaussian";
    /** The fitted Gaussian, width D. */
    readonly moments: GaussianMoments;
    /** Weight beside the largest cosine, above 0. @default {0.5} */
    readonly weight?: number;
  };

/** What packed rows are kept away from. */
export interface PackAgainst {
  /** Enrolled vectors [A, D], which may lie close to each other; held in memory while packing. */
  readonly vectors: VectorSource;
  /** Largest cosine allowed between a packed row and one of them, -1..1 without the ends. */
  readonly maxCosine: number;
}

/** How far `packVectors` is. */
export interface PackingProgress {
  /** Steps done. */
  readonly iteration: number;
  /** Steps in all. */
  readonly iterations: number;
  /** Largest cosine when the neighbours were last looked for, in float32. */
  readonly largest: number;
  /** Largest cosine to an enrolled row then; absent without any. */
  readonly largestAgainst?: number;
}

/** Options of `packVectors`. */
export interface PackOptions {
  /** Where to start [N, D], N at least 2: rows of a sampler or of a file. Row i of the result starts at row i. */
  readonly start: VectorSource;
  /** What to stay near to; nothing when left out. */
  readonly near?: PackNear;
  /** What to stay away from; nothing when left out. */
  readonly against?: PackAgainst;
  /** Norms of the result; natural ones are those of the start rows. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
  /** Seed of the norms and of the first small move that tells equal rows apart. @default {0} */
  readonly seed?: number | bigint;
  /** Steps of Adam. @default {300} */
  readonly iterations?: number;
  /** Length of the first steps in radians, 0..1; falls to 0 along half a cosine. @default {0.05} */
  readonly rate?: number;
  /** Sharpness s of the smooth maximum at the end; a cosine 1/s below the largest weighs 1/e of it. @default {200} */
  readonly sharpness?: number;
  /** Neighbours K of a row that its gradient knows. @default {32} */
  readonly neighbours?: number;
  /** Steps from one search for neighbours to the next. @default {1 up to 4096 rows, else 8} */
  readonly refreshEvery?: number;
  /** Stop as soon as no two rows have a cosine above this, and none lies too close to an enrolled one; never when left out. */
  readonly target?: number;
  /**
   * Rows of a block B. The result may depend on it in its last bits, as the order of float32 sums does. @default
   * {1024}
   */
  readonly blockRows?: number;
  /** Threads of the products; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Ends the work early with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every step. */
  readonly onProgress?: ((progress: PackingProgress) => void) | undefined;
}

/** What `packVectors` gives. */
export interface PackingResult {
  /** The rows [N, D], with their norms. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Number of rows N. */
  readonly count: number;
  /** Width D. */
  readonly width: number;
  /** Steps done: fewer than asked for when the target was met. */
  readonly iterations: number;
  /** Largest cosine between two rows, of the start and of the result as they are stored, in float64. */
  readonly largest: { readonly before: number; readonly after: number };
  /** Largest cosine between a row and an enrolled one, likewise; absent without any. */
  readonly largestAgainst?: { readonly before: number; readonly after: number };
  /** Mean of the rows' terms of `near`, without its weight; absent without `near`. */
  readonly distance?: { readonly before: number; readonly after: number };
  /** The settings, as JSON; the start, the gallery and the enrolled rows are not in it. */
  readonly recipe: Readonly<Record<string, unknown>>;
}
