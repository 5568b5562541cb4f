/**
 * Options of the tasks that make data sets: what is made, where, which part of it, and attribute operation.
 */
import type { TaskOption } from "./_cli.ts";

/** What is made, and where. */
export const OUTPUT_OPTIONS: readonly TaskOption[] = [
  {
    flag: "ids",
    value: "N",
    help: "number of identities (default 10, or all rows of --center-feature)",
  },
  {
    flag: "images",
    value: "K",
    help: "images of each identity (default 5, or 50 with --center-feature)",
    alias: ["example"],
  },
  {
    flag: "output",
    value: "DIR",
    default: "output",
    help: "folder for data sets; images are DIR/NAME/000003/002.jpg",
  },
  {
    flag: "name",
    value: "NAME",
    help: "name of the data set (default MODEL-NxK)",
  },
  {
    flag: "sigma",
    value: "LIST",
    default: "0.3,0.5,0.7",
    help: "noise on the ID vector, by which images of an identity differ",
  },
  {
    flag: "mix",
    value: "LIST",
    help: "share of each sigma among an identity's images (default 0.4,0.4,0.2 for three sigmas, else equal)",
  },
  {
    flag: "cosine",
    value: "X",
    help: "instead of noise: this cosine between identity and image vectors",
    unit: "-1..1",
  },
  {
    flag: "seed",
    value: "N",
    default: 0,
    help: "seed of all random numbers",
    unit: "0..2^64-1",
  },
  {
    flag: "format",
    value: "NAME",
    default: "folder",
    help: "folder, or lmdb (DIR/NAME.lmdb, one process at a time)",
  },
  {
    flag: "quality",
    value: "N",
    default: 95,
    help: "JPEG quality",
    unit: "1..100",
  },
];

/** Which part of it is made, and what happens to what is there. */
export const PART_OPTIONS: readonly TaskOption[] = [
  {
    flag: "start-end",
    value: "A:B",
    help: "identities A to B - 1 only; rows keep their numbers, so shards fit together",
  },
  {
    flag: "only",
    value: "I[:J]",
    help: "identity I only, or its image J only",
  },
  {
    flag: "recipe",
    value: "FILE",
    help: "make the data set of this recipe (NAME.recipe.json) again, or finish it",
  },
  { flag: "grow", help: "add identities to a data set that has fewer" },
  {
    flag: "overwrite",
    help: "remove the data set that is there; with --only or --start-end, make those images again",
  },
  {
    flag: "dry-run",
    help: "check everything and say what would be made, write nothing",
  },
];

/** Numbers of attribute operation. */
export const ATTRIBUTE_OPTIONS: readonly TaskOption[] = [
  {
    flag: "attrop-preset",
    value: "NAME",
    help: "weights and thresholds: vec2face, vec2face-plus or mini (default mini for --model mini, else vec2face)",
  },
  {
    flag: "id-threshold",
    value: "X",
    help: "greatest 1 - cosine between face and ID vector (default 0.3; 0.5 for turned faces of mini)",
    unit: "0..2",
  },
  {
    flag: "image-quality",
    value: "N",
    help: "quality to reach, a norm of the quality network (default 27, 24 or 22, by preset)",
  },
  {
    flag: "quality-threshold",
    value: "X",
    help: "how far below that an accepted image may be (default 1)",
  },
  {
    flag: "iterations",
    value: "N",
    help: "most evaluations of one vector (default 100, 31 or 30, by preset; 100 for turned faces of mini)",
  },
  {
    flag: "lr",
    value: "X",
    help: "learning rate of Adam (default 0.1)",
  },
];

/** How the networks are made ready. */
export const MEMORY_OPTION: TaskOption = {
  flag: "less-memory",
  help:
    "do not make wide recognisers ready for many iterations: 2 GB less with published weights, a quarter more time on a processor",
};

/** Files of the networks that measure identity and quality. */
export const ESTIMATOR_OPTIONS: readonly TaskOption[] = [
  {
    flag: "fr-weights",
    value: "FILE",
    help: "weights of the recogniser that tells identity; mini's or arcface-r100's when left out",
  },
  {
    flag: "quality-weights",
    value: "FILE",
    help: "weights of the network that tells quality; mini's or magface-r100's when left out",
  },
];
