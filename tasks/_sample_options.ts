/**
 * From the options of `deno task sample` to settings.
 */
import { locateIdentities } from "@/generation/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";
import { settingsFromRecipe } from "./_sample_again.ts";
import { recipePath, SAMPLE_KINDS, type SampleKind } from "./_sample_recipe.ts";
import { type NearSettings, readOutside, type SamplerSettings, type SampleSettings } from "./_sample_settings.ts";
import { BELONGS } from "./_sample_spec.ts";

/**
 * Reads what a call asks for.
 *
 * @param args Options of the call.
 * @returns The settings; files are named, not opened, but for recipes.
 * @throws {UsageError} When options are missing or do not fit together.
 */
export function readSettings(args: TaskArguments): SampleSettings {
  const kind = args.positionals[0];
  const path = args.optionalText("recipe"), extend = args.optionalText("extend");
  if (kind === undefined && path === undefined && extend === undefined) {
    throw new UsageError(`Cannot start: KIND is needed, one of ${SAMPLE_KINDS.join(", ")}`);
  }
  if (kind === undefined) return settingsFromRecipe(args, path ?? recipePath(extend!));
  if (path !== undefined) throw new UsageError(`Cannot start: --recipe says the kind; leave "${kind}" out`);
  const known = SAMPLE_KINDS.find((name) => name === kind);
  if (known === undefined) {
    throw new UsageError(`Cannot start: the kind is "${kind}", expected one of ${SAMPLE_KINDS.join(", ")}`);
  }
  return settingsFromOptions(args, known);
}

function settingsFromOptions(args: TaskArguments, kind: SampleKind): SampleSettings {
  for (const [flag, kinds] of Object.entries(BELONGS)) {
    if (args.given(flag) && !kinds.includes(kind)) {
      throw new UsageError(`Cannot start: --${flag} is for ${kinds.join(", ")}, not for ${kind}`);
    }
  }
  const maxCosine = args.optionalNumber("max-cosine", { min: -1, max: 1 });
  const lonely = ["against", "max-attempts"].find((flag) => args.given(flag));
  if (maxCosine === undefined && lonely !== undefined) {
    throw new UsageError(`Cannot start: --${lonely} needs --max-cosine`);
  }
  const startEnd = args.optionalPair("start-end");
  if (startEnd !== undefined && ["ids", "extend"].some((flag) => args.given(flag))) {
    throw new UsageError("Cannot start: --start-end says which rows; leave --ids and --extend out");
  }
  if (startEnd !== undefined && startEnd[0] > 0 && maxCosine !== undefined) {
    throw new UsageError(
      "Cannot start: with --max-cosine a row depends on all earlier ones, so it cannot be made in shards; " +
        "make the first rows with --ids and add to them with --extend",
    );
  }
  return {
    ...readOutside(args),
    sampler: { kind, seed: args.seed(), norms: readNorms(args), ...kindSettings(args, kind) },
    origin: readOrigin(args, kind),
    startEnd,
    maxCosine: kind === "packing" ? undefined : maxCosine,
    maxAttempts: args.optionalInteger("max-attempts", { min: 1 }),
    against: args.optionalText("against"),
    again: false,
  };
}

function kindSettings(args: TaskArguments, kind: SampleKind): Partial<SamplerSettings> {
  switch (kind) {
    case "centers":
      return { shuffle: args.flag("shuffle") };
    case "gaussian":
      return { components: args.optionalInteger("components", { min: 1 }) };
    case "sphere":
      return { width: args.optionalInteger("width", { min: 2, max: 65536 }) };
    case "packing":
      return {
        iterations: args.optionalInteger("steps", { min: 1 }),
        target: args.optionalNumber("max-cosine", { min: -1, max: 1 }),
        near: readNear(args),
      };
    case "rotate":
      return {
        cosine: args.number("cosine", { min: -1, max: 1 }),
        perParent: args.integer("per-parent", { min: 1 }),
        keepParents: args.flag("keep-parents"),
      };
    case "interpolate":
      return {
        steps: args.optionalInteger("steps", { min: 1 }) ?? 8,
        pairs: readPairs(args.optionalText("pairs")),
        ends: !args.flag("inner"),
      };
  }
}

function readPairs(text: string | undefined): [number, number][] | undefined {
  return text?.split(",").map((part) => {
    const match = /^\s*(\d{1,10}):(\d{1,10})\s*$/.exec(part);
    if (match === null) {
      throw new UsageError(`Cannot read --pairs: expected pairs of rows as in 0:1,4:7, got "${text}"`);
    }
    return [Number(match[1]), Number(match[2])];
  });
}

function readNear(args: TaskArguments): NearSettings | undefined {
  const text = args.text("near"), weight = args.optionalNumber("near-weight", { min: Number.MIN_VALUE });
  if (text === "nothing") return undefined;
  if (text === "gaussian") return { kind: "gaussian", weight };
  if (/\.npy$/i.test(text)) return { kind: "gallery", weight, path: text };
  throw new UsageError(`Cannot read --near: expected gaussian, nothing or a file that ends in .npy, got "${text}"`);
}

function readNorms(args: TaskArguments): SamplerSettings["norms"] {
  const text = args.optionalText("norm");
  if (text === undefined) return undefined;
  if (text === "natural") return { kind: "natural" };
  if (/\.npy$/i.test(text)) return { file: text };
  return { kind: "fixed", value: args.number("norm", { min: Number.MIN_VALUE }) };
}

function readOrigin(args: TaskArguments, kind: SampleKind): SampleSettings["origin"] {
  const source = args.optionalText("source"), moments = args.optionalText("moments");
  if (source !== undefined && moments !== undefined) {
    throw new UsageError("Cannot start: --source and --moments exclude each other");
  }
  if (source !== undefined) return { kind: "vectors", path: source };
  if (moments !== undefined) return { kind: "moments", path: moments };
  if (!BELONGS.moments!.includes(kind)) {
    throw new UsageError(`Cannot start: --source is needed, the vectors that ${kind} starts from`);
  }
  if (kind === "sphere" && (args.given("norm") || args.given("width"))) return undefined;
  return { kind: "moments", path: locateIdentities({ model: args.text("model") }).path };
}
