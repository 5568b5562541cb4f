/**
 * Every file that the README of Vec2Face names, with a short name for each.
 *
 * Source: https://github.com/HaiyuWu/Vec2Face (README, "Download model weights" and "Download datasets"),
 * https://huggingface.co/BooBooWu/Vec2Face and https://huggingface.co/datasets/BooBooWu/Vec2Face. Both repositories
 * are under the MIT licence by their cards; what is known of the data behind a file is said with it. Sizes are those
 * that the Hub's pages show, so they are close and not exact: what is fetched is measured by what the Hub says then.
 */

import type { HubFile, HubRepo } from "./remote_file.ts";

/** A file of the catalogue. */
export interface HubEntry extends HubFile {
  /** Short name: `generator`. */
  readonly name: string;
  /** Other short names. */
  readonly aliases: readonly string[];
  /** About how long it is, in bytes. */
  readonly bytes: number;
  /** Licence, and what else binds. */
  readonly licence: string;
  /** What it is for. */
  readonly purpose: string;
}

/** Something that the README names and that lies elsewhere. */
export interface ExternalEntry {
  /** Short name. */
  readonly name: string;
  /** Other short names. */
  readonly aliases: readonly string[];
  /** Licence. */
  readonly licence: string;
  /** What it is for. */
  readonly purpose: string;
  /** Where it is: a host and an address. */
  readonly links: readonly { readonly host: string; readonly url: string; readonly remark?: string }[];
  /** What to do, a sentence each. */
  readonly advice: readonly string[];
}

/** Several files under one name. */
export interface HubGroup {
  /** The name. */
  readonly name: string;
  /** What it is for. */
  readonly purpose: string;
  /** Names of its entries. */
  readonly members: readonly string[];
}

const MODELS: HubRepo = { type: "model", name: "BooBooWu/Vec2Face" };
const DATASETS: HubRepo = { type: "dataset", name: "BooBooWu/Vec2Face" };
const MIT = "MIT";
const WEBFACE = "WebFace260M's own terms: research only";

function file(
  repo: HubRepo,
  [name, ...aliases]: readonly [string, ...string[]],
  path: string,
  bytes: number,
  purpose: string,
  licence = MIT,
): HubEntry {
  return { name, aliases, repo, path, bytes, licence, purpose };
}

const SIZES = ["10k", "20k", "100k", "200k", "300k"] as const;

/** Every file, in the order of the README. */
export const hubCatalogue: readonly HubEntry[] = [
  file(MODELS, ["generator", "base"], "weights/vec2face_generator.pth", 697e6, "the Vec2Face generator: --model base"),
  file(
    MODELS,
    ["arcface", "arcface-r100"],
    "weights/arcface-r100-glint360k.pth",
    261e6,
    "recogniser whose vectors the generator understands; trained on Glint360K",
  ),
  file(
    MODELS,
    ["magface", "magface-r100"],
    "weights/magface-r100-glint360k.pth",
    261e6,
    "recogniser whose norms tell image quality; trained on Glint360K",
  ),
  file(
    MODELS,
    ["6drepnet", "pose"],
    "weights/6DRepNet_300W_LP_AFLW2000.pth",
    157e6,
    "head pose estimator; trained on 300W-LP",
  ),
  ...SIZES.map((size) =>
    file(
      MODELS,
      [`fr-hsface${size}`],
      `fr_weights/hsface${size}.pth`,
      175e6,
      `recogniser trained on HSFace${size.toUpperCase()} only`,
    )
  ),
  file(
    MODELS,
    ["centers", "center-features"],
    "center_feature_examples.npy",
    20_480_128,
    "ID vectors of 10,000 identities, float32 [10000, 512]",
  ),
  file(
    MODELS,
    ["webface4m-lmdb"],
    "lmdb_dataset/WebFace4M/WebFace4M.lmdb",
    42.3e9,
    "photographs and their vectors: what the generator was trained on",
    WEBFACE,
  ),
  file(
    MODELS,
    ["webface4m-mask"],
    "lmdb_dataset/WebFace4M/50000_ids_1022444_ims.npy",
    8_179_680,
    "which images of it: 50,000 identities, 1,022,444 images",
    WEBFACE,
  ),
  file(DATASETS, ["hsface10k"], "HSFaces/hsface10k.lmdb", 1.85e9, "10,000 made-up identities, 0.5 M images"),
  file(DATASETS, ["hsface20k"], "HSFaces/hsface20k.lmdb", 3.68e9, "20,000 made-up identities, 1 M images"),
  file(
    DATASETS,
    ["hsface100k-mask", "hsface100k"],
    "HSFaces/hsface100k_mask.npy",
    40e6,
    "which images of HSFace300K are HSFace100K",
  ),
  file(
    DATASETS,
    ["hsface200k-mask", "hsface200k"],
    "HSFaces/hsface200k_mask.npy",
    80e6,
    "which images of HSFace300K are HSFace200K",
  ),
];

/** Names for several files. */
export const hubGroups: readonly HubGroup[] = [
  {
    name: "all-weights",
    purpose: "what generation uses: generator, recognisers, pose",
    members: ["generator", "arcface", "magface", "6drepnet"],
  },
  {
    name: "fr-weights",
    purpose: "the five recognisers trained on HSFace",
    members: SIZES.map((size) => `fr-hsface${size}`),
  },
  { name: "webface4m", purpose: "the training set with its mask", members: ["webface4m-lmdb", "webface4m-mask"] },
  { name: "hsface-masks", purpose: "the two masks over HSFace300K", members: ["hsface100k-mask", "hsface200k-mask"] },
];

/** What lies outside of the Hub. */
export const externalCatalogue: readonly ExternalEntry[] = [
  {
    name: "hsface300k",
    aliases: [],
    licence: MIT,
    purpose: "300,000 made-up identities, 15 M images; holds HSFace100K and HSFace200K",
    links: [
      {
        host: "Google Drive",
        url: "https://drive.google.com/file/d/1djmxmrG8FfoGdJ-AlS46_S-lTqweQ3wp/view?usp=sharing",
      },
      {
        host: "Baidu",
        url: "https://pan.baidu.com/s/1UplYNlDo_K33lfcVaQ2-xg",
        remark: "code vc2f; reported dead in issue 19 of the reference",
      },
    ],
    advice: [
      "Open a link in a browser: these hosts ask questions that a program cannot answer, and publish no checksum.",
      "Save the file as HSFaces/hsface300k.lmdb; if it is an archive, unpack it there first.",
      "HSFace100K and HSFace200K are its first 100,000 and 200,000 identities: `deno task fetch hsface-masks` fetches " +
      "the index masks that pick them.",
    ],
  },
];

/** A name as it is compared: lower case, `_` as `-`. */
function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll("_", "-");
}

/**
 * Finds one file by short name or by its path in the repository.
 *
 * @param name `generator`, `base`, or `weights/vec2face_generator.pth`.
 * @returns The entry, or undefined.
 *
 * @example By name and by path
 * ```ts
 * import assert from "node:assert/strict";
 * import { hubEntry } from "@/hub/mod.ts";
 *
 * assert.equal(hubEntry("base"), hubEntry("weights/vec2face_generator.pth"));
 * assert.equal(hubEntry("nothing"), undefined);
 * ```
 */
export function hubEntry(name: string): HubEntry | undefined {
  return hubCatalogue.find((entry) => entry.path === name || [entry.name, ...entry.aliases].includes(plain(name)));
}

/**
 * Turns names into files.
 *
 * @param names Names of entries and groups, or paths in the repository; `_` counts as `-`, case does not matter.
 * @returns The files, each once, in the order asked for; and those that lie outside of the Hub.
 * @throws {RangeError} If a name is not known; the message lists those that are.
 *
 * @example A group and one of its members
 * ```ts
 * import assert from "node:assert/strict";
 * import { selectHubEntries } from "@/hub/mod.ts";
 *
 * const { files } = selectHubEntries(["all-weights", "generator"]);
 * assert.deepEqual(files.map((file) => file.name), ["generator", "arcface", "magface", "6drepnet"]);
 * assert.throws(() => selectHubEntries(["generater"]), /known names are generator, /);
 * ```
 */
export function selectHubEntries(
  names: readonly string[],
): { files: readonly HubEntry[]; external: readonly ExternalEntry[] } {
  const files = new Set<HubEntry>();
  const external = new Set<ExternalEntry>();
  for (const name of names) {
    const group = hubGroups.find((group) => group.name === plain(name));
    const outside = externalCatalogue.find((entry) => [entry.name, ...entry.aliases].includes(plain(name)));
    const entries = group?.members.map((member) => hubEntry(member)) ?? [hubEntry(name)];
    if (outside !== undefined) external.add(outside);
    else {
      for (const entry of entries) {
        if (entry === undefined) throw unknownName(name);
        files.add(entry);
      }
    }
  }
  return { files: [...files], external: [...external] };
}

function unknownName(name: string): RangeError {
  const known = [...hubCatalogue, ...externalCatalogue, ...hubGroups].map((entry) => entry.name);
  return new RangeError(`Cannot find ${JSON.stringify(name)} in the catalogue: known names are ${known.join(", ")}`);
}
