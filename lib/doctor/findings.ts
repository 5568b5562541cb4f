/**
 * What an examination finds, as plain data: it is written as JSON, and figures, verdicts and the page are made of it.
 */
import type { Distribution, Diversity, DriftBin, Uniqueness } from "@/metrics/mod.ts";
import type { SeparabilityReport } from "@/separability/mod.ts";

/** Something counted, its share, and the first of it. */
export interface Counted<T> {
  /** How many there are. */
  readonly count: number;
  /** Of all that were looked at. */
  readonly share: number;
  /** The worst of them, the worst first. */
  readonly listed: readonly T[];
}

/** An image, by its row and where it is. */
export interface ImageName {
  /** Row among the usable images, grouped by identity. */
  readonly row: number;
  /** Path, key or number in the data set. */
  readonly image: string;
  /** Name of its identity. */
  readonly identity: string;
}

/** An image that is unlike its identity. */
export interface OutlierFinding extends ImageName {
  /** Cosine to the centre of the identity's other images. */
  readonly cosine: number;
}

/** An image that looks like another identity. */
export interface MislabelledFinding extends ImageName {
  /** Cosine to the centre of its own identity's other images; null for a single image. */
  readonly own: number | null;
  /** Number of the identity that it looks like. */
  readonly other: number;
  /** Its name. */
  readonly otherName: string;
  /** Cosine to that one's centre. */
  readonly cosine: number;
}

/** Two images that are nearly one. */
export interface DuplicateFinding extends ImageName {
  /** Row of the other image. */
  readonly other: number;
  /** Where the other image is. */
  readonly otherImage: string;
  /** Their cosine, or 1 - difference / 255 of thumbnails. */
  readonly cosine: number;
}

/** Two identities that look like one. */
export interface MergedFinding {
  /** Number of the first. */
  readonly identity: number;
  /** Its name. */
  readonly name: string;
  /** Number of the second. */
  readonly other: number;
  /** Its name. */
  readonly otherName: string;
  /** Cosine of the centres. */
  readonly cosine: number;
  /** Mean cosine from image to image. */
  readonly across: number;
}

/** How well one threshold tells genuine from impostor pairs. */
export interface ScoreFindings {
  /** Identities drawn. */
  readonly identities: number;
  /** Images drawn. */
  readonly images: number;
  /** Cosines of pairs of one identity. */
  readonly genuine: Distribution;
  /** Cosines of pairs of two identities. */
  readonly impostor: Distribution;
  /** Equal error rate, 0..1. */
  readonly equalErrorRate: number;
  /** Area under the ROC curve, 0..1. */
  readonly areaUnderRoc: number;
  /** d'; null when no score varies. */
  readonly dPrime: number | null;
  /** TAR at false match rates; null where too few impostor pairs were drawn to tell. */
  readonly tar: readonly { readonly far: number; readonly tar: number | null }[];
}

/** Poses of the faces. */
export interface PoseFindings {
  /** Turn to the side, degrees. */
  readonly yaw: Distribution;
  /** Nod. */
  readonly pitch: Distribution;
  /** Tilt. */
  readonly roll: Distribution;
  /** Faces by yaw (columns) and pitch (rows). */
  readonly joint: { readonly low: number; readonly high: number; readonly counts: readonly (readonly number[])[] };
  /** Mean over identities of the standard deviation of yaw within one, degrees; null when no identity has two faces. */
  readonly yawWithin: number | null;
  /** Cosine to the own centre by yaw. */
  readonly drift: readonly DriftBin[];
  /** Mean cosine to the own centre of frontal faces (below 10 degrees) less that of turned ones (30 or more); null without both. */
  readonly driftSlope: number | null;
}

/** What was found of one data set. */
export interface SetFindings {
  /** Name of the set. */
  readonly name: string;
  /** Images that can be used. */
  readonly images: number;
  /** Identities with such an image. */
  readonly identities: number;
  /** Images that cannot be used; share of all. */
  readonly unreadable: Counted<{ readonly image: string; readonly reason: string }>;
  /** Names of identities without a usable image. */
  readonly emptyIdentities: readonly string[];
  /** Images of an identity. */
  readonly imagesEach: Distribution;
  /** Share of the identities that have one image only. */
  readonly singles: number;
  /** Cosine above which two are taken for one person. */
  readonly threshold: number;
  /** Share of unique identities. */
  readonly uniqueness: Uniqueness;
  /** The same for the first n identities, n = 1, 2, ... in steps. */
  readonly separability: SeparabilityReport;
  /** Mean share of the images of an identity above the threshold to its centre. */
  readonly consistency: number;
  /** How different the images of an identity are. */
  readonly diversity: Diversity;
  /** Cosine of images to the centre of their identity. */
  readonly own: Distribution;
  /** Cosine of images to the nearest centre of another identity. */
  readonly nearestOther: Distribution;
  /** Norms of features. */
  readonly norms: Distribution;
  /** Root mean square difference of two images of an identity, grey levels. */
  readonly variation: Distribution;
  /** Images with an earlier one of their identity above the cosine of duplicates; share of those compared. */
  readonly duplicates: Counted<DuplicateFinding>;
  /** Images whose thumbnail is like that of an earlier one of their identity; share of those compared. */
  readonly alike: Counted<DuplicateFinding>;
  /** Images equal to an earlier one, pixel by pixel, anywhere; groups of names. */
  readonly repeated: Counted<readonly string[]>;
  /** Images unlike the others of their identity: at or below the threshold. */
  readonly outliers: Counted<OutlierFinding>;
  /** Images nearer to another identity. */
  readonly mislabelled: Counted<MislabelledFinding>;
  /** Identities that look like another one; share of identities. */
  readonly merged: Counted<MergedFinding> & { readonly groups: readonly (readonly string[])[] };
  /** Scores of pairs; undefined when there are no genuine or no impostor pairs. */
  readonly scores?: ScoreFindings;
  /** Poses; undefined when nobody judged them. */
  readonly pose?: PoseFindings;
  /** Qualities; undefined when nobody judged them. */
  readonly quality?: Distribution;
  /** A point for each of some identities, for the map. */
  readonly map: readonly IdentityPoint[];
  /** Identities that stand for the rest on contact sheets, by number. */
  readonly shown: ShownIdentities;
  /** Sections that are not there, and why. */
  readonly leftOut: readonly { readonly section: string; readonly reason: string }[];
}

/** One identity on the map. */
export interface IdentityPoint {
  /** Number. */
  readonly identity: number;
  /** Name. */
  readonly name: string;
  /** Mean cosine of its images to its centre. */
  readonly own: number;
  /** Cosine of its centre to the nearest other one. */
  readonly nearest: number;
  /** Name of that one. */
  readonly nearestName: string;
}

/** Identities for contact sheets, by number. */
export interface ShownIdentities {
  /** Drawn by the seed. */
  readonly drawn: readonly number[];
  /** Whose images agree best and still vary: by consistency, then by variation of thumbnails. */
  readonly best: readonly number[];
  /** Whose images agree least. */
  readonly worst: readonly number[];
  /** Whose images differ least. */
  readonly leastVaried: readonly number[];
}

/** A row of a set that looks like one of a reference. */
export interface LeakFinding {
  /** Row or identity of the set. */
  readonly row: number;
  /** Its name. */
  readonly name: string;
  /** Row or identity of the reference. */
  readonly reference: number;
  /** Its name. */
  readonly referenceName: string;
  /** Their cosine. */
  readonly cosine: number;
}

/** Leakage of one kind. */
export interface LeakageFindings {
  /** Rows compared. */
  readonly rows: number;
  /** Rows of the reference. */
  readonly references: number;
  /** Cosines above which rows were counted, ascending. */
  readonly thresholds: readonly number[];
  /** Share of rows with a reference row above each threshold. */
  readonly rowShares: readonly number[];
  /** Share of all pairs above each threshold: the false match rate against the reference. */
  readonly pairShares: readonly number[];
  /** Share of rows above the threshold of the examination. */
  readonly share: number;
  /** Cosine of each row to the nearest reference row. */
  readonly nearest: Distribution;
  /** The closest rows. */
  readonly closest: readonly LeakFinding[];
  /**
   * Name of the file with the nearest reference row of every row, [N, 3] float64: number of the identity or of the image in the
   * data set, number of the reference's, cosine. Undefined when it was not written.
   */
  readonly nearestFile?: string;
}

/** What was found of a set against a reference. */
export interface AgainstFindings {
  /** Name of the reference. */
  readonly name: string;
  /** Images of the reference; null when it is a file of centres. */
  readonly images: number | null;
  /** Identities, or rows of the file. */
  readonly identities: number;
  /** Whether identities of one name are one person. */
  readonly paired: boolean;
  /** Centres against centres. */
  readonly centreToCentre: LeakageFindings;
  /** Images against centres. */
  readonly imageToCentre: LeakageFindings;
  /** Images against images; undefined when it was not asked for. */
  readonly imageToImage?: LeakageFindings;
  /** Distances between the two sets; undefined when the reference is a file of centres. */
  readonly distances?: DistanceFindings;
}

/** How far two sets are from each other as distributions of features. */
export interface DistanceFindings {
  /** Images drawn of each set, for all but the Fréchet distance. */
  readonly drawn: readonly [number, number];
  /** Fréchet distance of all features; null with fewer than two images on a side. */
  readonly frechet: number | null;
  /** Kernel distance, mean and standard deviation over subsets; null like the Fréchet distance. */
  readonly kernel: { readonly mean: number; readonly sd: number } | null;
  /** Share of the set on the manifold of the other; null with too few images. */
  readonly precision: number | null;
  /** Share of the other on the manifold of the set; null with too few images. */
  readonly recall: number | null;
  /** Mean recall person by person; undefined unless identities are paired. */
  readonly classRecall?: { readonly mean: number | null; readonly identities: number };
}
