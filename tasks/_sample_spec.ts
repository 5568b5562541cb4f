/**
 * What `deno task sample` takes.
 */
import type { TaskSpec } from "./_cli.ts";
import type { SampleKind } from "./_sample_recipe.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "sample",
  summary: "Samples ID vectors of made-up people into a .npy file, with the recipe that makes it again beside it.",
  usage: "deno task sample KIND [options]",
  positionals: {
    value: "KIND",
    help: "centers (rows of a file), gaussian (fitted to centres), sphere (isotropic), packing (spread by descent), " +
      "rotate (look-alikes), interpolate (walks); left out with --recipe or --extend",
    max: 1,
  },
  options: [
    { flag: "ids", value: "N", help: "rows in all (default: all that a finite kind has)" },
    { flag: "seed", value: "N", default: 0, help: "seed of all random numbers", unit: "0..2^64-1" },
    { flag: "output", value: "FILE.npy", help: "file to write (default output/KIND-N.npy)" },
    { flag: "start-end", value: "A:B", help: "rows A to B - 1 only; rows keep their numbers, so shards fit together" },
    {
      flag: "source",
      value: "FILE.npy",
      help:
        "vectors [N, D]: the rows (centers), to fit (gaussian, packing), the parents (rotate), the ends (interpolate)",
      alias: ["center-feature"],
    },
    {
      flag: "moments",
      value: "FILE.safetensors",
      help: "fitted Gaussian (gaussian, sphere, packing); the model's own when neither it nor --source is given",
    },
    { flag: "model", value: "NAME", default: "mini", help: "whose bundled Gaussian" },
    {
      flag: "norm",
      value: "WHAT",
      help: "norms of the rows: natural, a number, or FILE.npy to draw from its norms' distribution " +
        "(default natural; sphere: the fitted set's)",
    },
    { flag: "components", value: "K", help: "gaussian: only the K leading principal components" },
    { flag: "shuffle", help: "centers: in random order" },
    { flag: "width", value: "D", help: "sphere: width of a row (default the fitted set's)" },
    { flag: "cosine", value: "X", help: "rotate: cosine of a look-alike to its parent", unit: "-1..1" },
    { flag: "per-parent", value: "K", default: 1, help: "rotate: look-alikes of each parent" },
    { flag: "keep-parents", help: "rotate: put each parent before its look-alikes" },
    {
      flag: "steps",
      value: "N",
      help: "interpolate: rows of a walk (default 8); packing: steps of the descent (default 300)",
    },
    { flag: "pairs", value: "A:B,...", help: "interpolate: first and last row of each walk (default random pairs)" },
    { flag: "inner", help: "interpolate: leave the ends out; with --steps 1 the half-way identity" },
    {
      flag: "near",
      value: "WHAT",
      default: "gaussian",
      help: "packing: what rows stay near to: gaussian, FILE.npy (a gallery), or nothing",
    },
    { flag: "near-weight", value: "X", help: "packing: how strongly (default 0.5)" },
    {
      flag: "max-cosine",
      value: "T",
      help: "no pair lies above this cosine: rows are redrawn until none does; packing: spread until none does",
      unit: "-1..1",
    },
    { flag: "against", value: "FILE.npy", help: "keep rows at most --max-cosine from these vectors too" },
    { flag: "max-attempts", value: "N", help: "most rows to draw for --max-cosine before giving up" },
    {
      flag: "extend",
      value: "FILE.npy",
      help: "put the rows of this file first, unchanged; without KIND its own recipe goes on",
    },
    { flag: "recipe", value: "FILE", help: "make the file of this recipe (NAME.recipe.json) again, byte for byte" },
    {
      flag: "threads",
      value: "N",
      default: 0,
      help: "threads for --max-cosine and packing; 0 lets the runtime choose",
    },
    { flag: "overwrite", help: "replace the output that is there" },
  ],
  examples: [
    "deno task sample gaussian --ids 1000 --seed 7 --max-cosine 0.5 --output output/ids.npy",
    "deno task sample gaussian --ids 1000 --max-cosine 0.5 --against enrolled.npy",
    "deno task sample packing --ids 1000 --max-cosine 0.3 --against enrolled.npy",
    "deno task sample --extend output/ids.npy --ids 2000 --output output/more.npy",
    "deno task sample rotate --source output/ids.npy --cosine 0.6 --per-parent 3 --keep-parents",
  ],
};

/** Options that belong to some kinds only. */
export const BELONGS: Readonly<Record<string, readonly SampleKind[]>> = {
  source: ["centers", "gaussian", "sphere", "packing", "rotate", "interpolate"],
  moments: ["gaussian", "sphere", "packing"],
  model: ["gaussian", "sphere", "packing"],
  norm: ["centers", "gaussian", "sphere", "packing", "rotate"],
  components: ["gaussian"],
  shuffle: ["centers"],
  width: ["sphere"],
  cosine: ["rotate"],
  "per-parent": ["rotate"],
  "keep-parents": ["rotate"],
  steps: ["interpolate", "packing"],
  pairs: ["interpolate"],
  inner: ["interpolate"],
  near: ["packing"],
  "near-weight": ["packing"],
  "max-cosine": ["centers", "gaussian", "sphere", "packing", "rotate"],
  against: ["centers", "gaussian", "sphere", "packing", "rotate"],
  "max-attempts": ["centers", "gaussian", "sphere", "rotate"],
  extend: ["gaussian", "sphere"],
  "start-end": ["centers", "gaussian", "sphere", "rotate", "interpolate"],
};

/** Options that may stand beside a recipe: where files are, and where the result goes. */
export const BESIDE_RECIPE = [
  ...["recipe", "extend", "source", "moments", "near", "against", "max-attempts"],
  ...["output", "threads", "overwrite"],
];
