/** @file The sentence that helps someone who asked for a tensor by a wrong name. */

import type { WeightFile } from "./weight_file.ts";

/** Names compared by edit distance: beyond, a file this large is searched by shared ending only. */
const MAX_COMPARED = 5_000;
/** Characters of a name that are compared: distance is quadratic in it. */
const MAX_COMPARED_LENGTH = 200;

/** Levenshtein distance: insertions, deletions and substitutions. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** As: `"w.pth" has no such tensor among 12, nearest are "a.weight", "b.weight"`. */
export function nearestNames(file: WeightFile, name: string): string {
  const count = file.tensors.size;
  if (count === 0) return `"${file.path}" has no tensors`;
  const wanted = name.slice(0, MAX_COMPARED_LENGTH);
  const nearest = [...file.tensors.keys().take(MAX_COMPARED)]
    .map((candidate) => ({
      candidate,
      distance: distance(candidate.slice(0, MAX_COMPARED_LENGTH), wanted),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3);
  const root = file.metadata.root === "" ? "" : ` under "${file.metadata.root}"`;
  return `"${file.path}" has no tensor of this name among ${count}${root}, nearest are ${
    nearest.map(({ candidate }) => `"${candidate}"`).join(", ")
  }`;
}

/** Edit distance; a name that ends in the other (a missing or added prefix) counts as near. */
function distance(a: string, b: string): number {
  if (a !== "" && b !== "" && (a.endsWith(`.${b}`) || b.endsWith(`.${a}`))) {
    return 1;
  }
  return editDistance(a, b);
}
