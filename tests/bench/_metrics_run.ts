/**
 * One metric over generated embeddings, timed with its peak memory; started by `deno task bench:metrics`.
 *
 * Arguments: PASS ROWS WIDTH. The embeddings are a function of their number and are never in memory or on the disk together: 50
 * of each identity, a direction of its own with noise. Prints one line of JSON: {"seconds", "cpuSeconds", "peakBytes"}.
 */
import process from "node:process";
import {
  FeatureMoments,
  type IdentityRows,
  measureAppearance,
  measureIdentities,
  measureLeakage,
  rowParts,
} from "@/metrics/mod.ts";
import { type RowSource, unitRows } from "@/similarity/mod.ts";
import { peakBytes } from "./_peak.ts";

/** Images of an identity, and rows of the reference that leakage is measured against. */
const EACH = 50, REFERENCES = 1000;

/** A number from -1 to 1 that follows from a whole number. */
function hashed(x: number): number {
  let h = (x + 0x9e3779b9) | 0;
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return (h ^ h >>> 16) / 2 ** 31;
}

/** Rows of EACH images an identity. */
function generatedRows(count: number, width: number, name: string): RowSource {
  const rows = (from: number, to: number) => {
    const out = new Float32Array((to - from) * width);
    for (let row = from, at = 0; row < to; row++) {
      const identity = Math.floor(row / EACH) * width;
      for (let k = 0; k < width; k++) out[at++] = hashed(identity + k) + 0.5 * hashed(~(row * width + k));
    }
    return out;
  };
  return { name, count, width, rows, vector: (row) => rows(row, row + 1) };
}

const [pass, rows, width] = [Deno.args[0]!, Number(Deno.args[1]), Number(Deno.args[2])];
const source = generatedRows(rows, width, "generated");
const starts = Int32Array.from({ length: Math.ceil(rows / EACH) + 1 }, (_, c) => Math.min(rows, c * EACH));
const set: IdentityRows = { rows: source, starts, nameOf: String };
const passes: Readonly<Record<string, () => unknown>> = {
  identities: () => measureIdentities(set),
  appearance: () => measureAppearance(set),
  leakage: () => measureLeakage(unitRows(source), unitRows(generatedRows(REFERENCES, width, "reference"))),
  moments: () => {
    const moments = new FeatureMoments(width);
    for (const part of rowParts(source)) moments.add(part.rows);
  },
};
const start = performance.now();
await passes[pass]!();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(); // microseconds
Deno.stdout.writeSync(
  new TextEncoder().encode(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakBytes() })),
);
