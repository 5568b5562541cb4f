/** The figures of a page, from what was found. */
import type { Distribution } from "@/metrics/mod.ts";
import {
  coarseHistogram,
  distributionFigure,
  type Figure,
  identityMapFigure,
  jointPoseFigure,
  poseDriftFigure,
  poseFigure,
  type PoseSet,
  scoresFigure,
  separabilityFigure,
} from "@/plots/mod.ts";
import type { Findings } from "./measures.ts";

/** Figures by what they show; those without data are not there. */
export type FigureName =
  | "separability"
  | "scores"
  | "map"
  | "own"
  | "variation"
  | "yaw"
  | "pitch"
  | "joint"
  | "drift"
  | "quality"
  | "norms"
  | "leakage";

/** Draws all figures that there is something to show of. */
export function drawFigures({ set, against, compare }: Findings): Map<FigureName, Figure> {
  const sets = compare === undefined ? [set] : [set, compare];
  const figures = new Map<FigureName, Figure>();
  const { threshold } = set, mark = { value: threshold, text: `threshold ${threshold}` };
  const some = <T>(of: (each: typeof set) => T | undefined) =>
    sets.flatMap((each) => {
      const value = of(each);
      return value === undefined ? [] : [{ name: each.name, value }];
    });
  const distribution = (
    name: FigureName,
    title: string,
    of: (each: typeof set) => Distribution | undefined,
    options: { marks?: { value: number; text: string }[]; limits?: readonly [number, number]; density?: string } = {},
  ) => {
    const shown = some(of).filter(({ value }) => value.count > 0);
    if (shown.length === 0) return;
    const histograms = shown.map((each) => ({ name: each.name, histogram: coarseHistogram(each.value) }));
    figures.set(name, distributionFigure(histograms, { title, density: "Density of images", ...options }));
  };
  const several = sets.filter(({ identities }) => identities > 1);
  if (several.length > 0) {
    const curves = several.map(({ separability, name }) => ({ ...separability, name }));
    figures.set("separability", separabilityFigure(curves, { thresholds: [threshold] }));
    const points = several.map(({ name, map }) => ({ name, points: map }));
    figures.set("map", identityMapFigure(points, { threshold }));
  }
  const scored = some((each) => each.scores);
  if (scored.length > 0) {
    const scores = scored.map(({ name, value: { genuine, impostor } }) => ({
      ...{ name, genuine: coarseHistogram(genuine), impostor: coarseHistogram(impostor) },
    }));
    figures.set("scores", scoresFigure(scores, { marks: [mark] }));
  }
  distribution("own", "Cosine to own centre", (each) => each.own, { marks: [mark], limits: [-1, 1] });
  distribution("variation", "Difference of two images of an identity (grey levels)", (each) => each.variation, {
    limits: [0, 255],
    density: "Density of identities",
  });
  distribution("quality", "Quality", (each) => each.quality);
  distribution("norms", "Norm of features", (each) => each.norms);
  const poses = some((each) => each.pose);
  if (poses.length > 0) {
    const faces = poses.map(({ name, value: { yaw, pitch, roll, joint } }): PoseSet => ({
      ...{ name, joint, yaw: coarseHistogram(yaw), pitch: coarseHistogram(pitch), roll: coarseHistogram(roll) },
    }));
    figures.set("yaw", poseFigure(faces));
    figures.set("pitch", poseFigure(faces, { angle: "pitch" }));
    figures.set("joint", jointPoseFigure(faces));
    const drifts = poses.map(({ name, value }) => ({ name, bins: value.drift }));
    figures.set("drift", poseDriftFigure(drifts));
  }
  if (against !== undefined) {
    const kinds = [
      ["images to centres", against.imageToCentre],
      ["centres to centres", against.centreToCentre],
      ["images to images", against.imageToImage],
    ] as const;
    const shown = kinds.flatMap(([name, found]) =>
      found === undefined || found.nearest.count === 0 ? [] : [{ name, histogram: coarseHistogram(found.nearest) }]
    );
    const title = "Cosine to the nearest of the reference";
    figures.set("leakage", distributionFigure(shown, { title, marks: [mark], limits: [-1, 1] }));
  }
  return figures;
}
