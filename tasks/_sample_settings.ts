/**
 * What a call of `deno task sample` asks for, whether its options say it or a recipe.
 */
import type { Norms, SamplerOrigin } from "@/identity/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";
import type { SampleKind, SampleRecipe } from "./_sample_recipe.ts";

/** The settings a sampler is made from; those of other kinds are absent. */
export interface SamplerSettings {
  readonly kind: SampleKind;
  readonly seed: bigint;
  readonly width?: number | undefined;
  /** The distribution, a file to fit it to, or undefined for the kind's own. */
  readonly norms?: Norms | { readonly file: string } | undefined;
  readonly components?: number | undefined;
  readonly shuffle?: boolean;
  readonly cosine?: number;
  readonly perParent?: number;
  readonly keepParents?: boolean;
  readonly steps?: number | undefined;
  readonly pairs?: readonly (readonly [number, number])[] | undefined;
  readonly ends?: boolean;
  readonly iterations?: number | undefined;
  readonly rate?: number;
  readonly sharpness?: number;
  readonly neighbours?: number;
  readonly refreshEvery?: number;
  readonly blockRows?: number;
  readonly target?: number | undefined;
  readonly near?: NearSettings | undefined;
}

/** What packed rows stay near to; the file is that of a gallery. */
export interface NearSettings {
  readonly kind: "gaussian" | "gallery";
  readonly weight?: number | undefined;
  readonly path?: string;
}

/** What a call asks for. */
export interface SampleSettings {
  readonly sampler: SamplerSettings;
  /** The file the sampler is made from. */
  readonly origin?: { readonly kind: SamplerOrigin["kind"]; readonly path: string } | undefined;
  /** Rows in all; all of a finite sampler when undefined. */
  readonly ids?: number | undefined;
  readonly startEnd?: readonly [number, number] | undefined;
  readonly maxCosine?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly against?: string | undefined;
  readonly extend?: string | undefined;
  readonly output?: string | undefined;
  readonly overwrite: boolean;
  readonly threads: number;
  /** The recipe that is carried out; its files must be the same ones. */
  readonly recipe?: { readonly path: string; readonly value: SampleRecipe };
  /** The result must be the recipe's. */
  readonly again: boolean;
}

/** Reads the options that have nothing to do with what a row is. */
export function readOutside(
  args: TaskArguments,
): Pick<SampleSettings, "output" | "overwrite" | "threads" | "ids" | "extend"> {
  const output = args.optionalText("output");
  if (output !== undefined && !/\.npy$/i.test(output)) {
    throw new UsageError(`Cannot write ${output}: expected a name that ends in .npy`);
  }
  return {
    output,
    overwrite: args.flag("overwrite"),
    threads: args.integer("threads", { min: 0, max: 1024 }),
    ids: args.optionalInteger("ids", { min: 1, max: 2 ** 32 }),
    extend: args.optionalText("extend"),
  };
}

/** Tells whether there is such a file. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
