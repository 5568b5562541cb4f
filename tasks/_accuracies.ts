/** Accuracies against numbers of training images: the published ones, and the user's own. */
import { publishedResults, STANDARD_SETS } from "@/evaluation/mod.ts";
import type { AccuracySeries } from "@/plots/mod.ts";
import { UsageError } from "./_cli.ts";

/** Data sets that grew: the figure joins their sizes by a line. */
const FAMILIES = [[/^HSFace\d/, "HSFace (Vec2Face)"], [/^VFace\d/, "VFace (Vec2Face+)"]] as const;
/** What is drawn as a line to compare with. */
const REAL = "CASIA-WebFace";
/** Letters behind numbers of images. */
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6 };

/** Mean accuracies on the five standard sets, by method; real photographs and mixtures of both are left out but for one. */
export function publishedAccuracies(): AccuracySeries[] {
  const found = new Map<string, { name: string; points: { images: number; accuracy: number }[]; real: boolean }>();
  for (const { name, images, average } of publishedResults(STANDARD_SETS)) {
    const size = images === undefined ? undefined : numberOf(images), real = name === REAL;
    if (average === undefined || size === undefined || name.startsWith(`${REAL} `)) continue;
    const series = FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? (real ? `${name} (real)` : name);
    const entry = found.get(series) ?? { name: series, points: [], real };
    entry.points.push({ images: size, accuracy: average });
    found.set(series, entry);
  }
  return [...found.values()];
}

/** A number as papers print it: 0.5M. */
function numberOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KM]?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNITS[unit!]!;
}

/** Reads NAME:IMAGES:PERCENT. */
export function ownAccuracy(text: string): AccuracySeries {
  const [, name, size, percent] = /^(.+):([^:]+):([^:]+)$/.exec(text) ?? [];
  const images = size === undefined ? undefined : numberOf(size.trim()), accuracy = Number(percent);
  if (name === undefined || images === undefined || !Number.isFinite(accuracy)) {
    throw new UsageError(`Cannot read --own: found "${text}", expected NAME:IMAGES:PERCENT, such as mine:0.5M:90.1`);
  }
  return { name: name.trim(), points: [{ images, accuracy }] };
}
