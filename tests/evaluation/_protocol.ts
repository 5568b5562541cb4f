/** Numbers of the published 10-fold protocol; see tests/fixtures/evaluation/make_protocol.py. */
import { readNpyFloat32 } from "@/weights/mod.ts";
import type { ViewFusion } from "@/evaluation/mod.ts";

interface Accuracy {
  readonly mean: number;
  readonly sd: number;
  readonly folds: number[];
  readonly thresholds: number[];
  /** Every twentieth of 400. */
  readonly tpr: number[];
  readonly fpr: number[];
}

interface Validation extends Omit<Accuracy, "tpr" | "fpr"> {
  readonly target: number;
  readonly far: number;
}

interface Protocol {
  readonly width: number;
  readonly same: number[];
  readonly fusions: Record<
    ViewFusion,
    { distances: number[]; accuracy: Accuracy; cosine?: Accuracy; validation?: Validation[] }
  >;
  readonly edges: { distances: number[]; same: number[]; validation: Validation }[];
}

const file = (name: string) => decodeURIComponent(new URL(`../fixtures/evaluation/${name}`, import.meta.url).pathname);

export const protocol: Protocol = JSON.parse(Deno.readTextFileSync(file("protocol.json")));
export const plain = readNpyFloat32(file("protocol_plain.npy")).data;
export const mirrored = readNpyFloat32(file("protocol_mirrored.npy")).data;
