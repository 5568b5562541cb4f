/** A small set in the form of IJB, and the numbers of eval_ijb.py; see tests/fixtures/evaluation/make_ijb.py. */
import { readNpyFloat32 } from "@/weights/mod.ts";

interface Mode {
  readonly scores: number[];
  readonly sum: number;
  readonly table: [fmr: number, tar: number][];
}

interface Ijb {
  readonly width: number;
  readonly templates: number;
  readonly pairs: [number, number];
  readonly modes: Record<"F2N1D1" | "F0N1D0" | "F2N0D1", Mode>;
}

export const ijbFile = (name: string) =>
  decodeURIComponent(new URL(`../fixtures/evaluation/ijb${name}`, import.meta.url).pathname);

export const ijb: Ijb = JSON.parse(Deno.readTextFileSync(ijbFile(".json")));
export const ijbPlain = readNpyFloat32(ijbFile("_plain.npy")).data;
export const ijbMirrored = readNpyFloat32(ijbFile("_mirrored.npy")).data;
