/**
 * Stands in for `parse-args` of the standard library's package `@std/cli` where JSR is out of reach.
 *
 * deno.json's `links` maps `jsr:@std/cli` to this folder; removing that one line takes the released package,
 * https://jsr.io/@std/cli/doc/parse-args , and nothing else changes. Written from that documentation and
 * from the conventions of minimist, which it names as its model.
 *
 * Deviations: the types know the names in `string`, `boolean`, `collect` and `negatable`, but neither dotted
 * names nor aliases, and a dotted name stays one flat key ("a.b") instead of becoming a nested object.
 *
 * @module
 */

/** What `parseArgs` returns: declared names with their types, anything else as unknown. */
export type Args<
  B extends string = never,
  S extends string = never,
  C extends string = never,
  N extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
> =
  & { [K in Exclude<B, C | keyof D>]: boolean }
  & { [K in Exclude<S, C | keyof D>]?: string | (K extends N ? false : never) }
  & {
    [K in Exclude<Exclude<S, C>, Exclude<S, keyof D>>]:
      | string
      | D[K]
      | (K extends N ? false : never);
  }
  & { [K in Exclude<Exclude<B, C>, Exclude<B, keyof D>>]: boolean | D[K] }
  & { [K in Extract<S, C>]: string[] }
  & {
    /** The arguments that belong to no option. */
    _: (string | number)[];
    /** The arguments after "--", when the option "--" is set. */
    "--"?: string[];
    [key: string]: unknown;
  };

/** Options of `parseArgs`. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  N extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
> {
  /** Puts what follows "--" into the result's "--" instead of "_". @default false */
  "--"?: boolean;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Names that are always true or false (false when absent); `true` for all `--name` without "=". */
  boolean?: boolean | B | readonly B[];
  /** Names whose values add up to an array, [] when absent (of those declared as string or boolean). */
  collect?: C | readonly C[];
  /** Values of absent options. */
  default?: D;
  /** Names for which `--no-name` means false. */
  negatable?: N | readonly N[];
  /** Puts everything from the first argument that is no option into "_". @default false */
  stopEarly?: boolean;
  /** Names whose values stay strings. */
  string?: S | readonly S[];
  /** Called for each argument that was not declared; returning false leaves it out of the result. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

function list(
  value: boolean | string | readonly string[] | undefined,
): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : [];
}

function isNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) ||
    /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/.test(text);
}

/** Collects values under names and their aliases. */
class Result {
  readonly values: Record<string, unknown> & { _: (string | number)[] } = {
    _: [],
  };
  readonly booleans: Set<string>;
  readonly strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #aliases = new Map<string, string[]>();
  readonly #options: ParseOptions;

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, others] of Object.entries(options.alias ?? {})) {
      const group = [name, ...list(others)];
      for (const one of group) {
        this.#aliases.set(
          one,
          group.filter((other) => other !== one),
        );
      }
    }
    const withAliases = (names: string[]) => new Set(names.flatMap((name) => this.namesOf(name)));
    this.booleans = withAliases(list(options.boolean));
    this.strings = withAliases(list(options.string));
    this.#collected = withAliases(list(options.collect));
  }

  namesOf(name: string): string[] {
    return [name, ...this.#aliases.get(name) ?? []];
  }

  /** Whether the option takes no value of its own. */
  isBoolean(name: string): boolean {
    return this.booleans.has(name);
  }

  set(arg: string, name: string, raw: string | boolean, collect = true): void {
    const value = typeof raw === "string" && !this.strings.has(name) && isNumeric(raw) ? Number(raw) : raw;
    const known = this.booleans.has(name) || this.strings.has(name) ||
      this.#aliases.has(name) ||
      (this.#options.boolean === true && /^--[^=]+$/.test(arg));
    if (!known && this.#options.unknown?.(arg, name, value) === false) return;
    for (const one of this.namesOf(name)) {
      const held = this.values[one];
      this.values[one] = collect && this.#collected.has(name) ? [...(Array.isArray(held) ? held : []), value] : value;
    }
  }

  positional(arg: string): void {
    if (this.#options.unknown?.(arg) === false) return;
    this.values._.push(
      !this.strings.has("_") && isNumeric(arg) ? Number(arg) : arg,
    );
  }

  /** Gives absent options their defaults. */
  finish(): void {
    for (const [name, value] of Object.entries(this.#options.default ?? {})) {
      if (Object.hasOwn(this.values, name)) continue;
      for (const one of this.namesOf(name)) this.values[one] = value;
    }
    for (const name of this.booleans) {
      if (!Object.hasOwn(this.values, name)) {
        this.values[name] = this.#collected.has(name) ? [] : false;
      }
    }
    for (const name of this.strings) {
      if (!Object.hasOwn(this.values, name) && this.#collected.has(name)) {
        this.values[name] = [];
      }
    }
  }
}

/**
 * Reads command line arguments into an object.
 *
 * `--name value`, `--name=value` and `-n value` give values, `--name` alone gives true (or "" when declared as
 * string), `-abc` means `-a -b -c`. Values that look like numbers become numbers unless declared as strings.
 *
 * @param args The arguments, usually `Deno.args`.
 * @param options What the names mean.
 * @returns The values under their names, and the remaining arguments under "_".
 *
 * @example Options and a file
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 * import assert from "node:assert/strict";
 *
 * const args = parseArgs(["--out=faces", "--no-resume", "--count", "3", "a.npy"], {
 *   string: ["out"],
 *   boolean: ["resume"],
 *   negatable: ["resume"],
 * });
 * assert.equal(args.out, "faces");
 * assert.equal(args.resume, false);
 * assert.equal(args.count, 3);
 * assert.deepEqual(args._, ["a.npy"]);
 * ```
 */
export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
  const N extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
>(
  args: readonly string[],
  options: ParseOptions<B, S, C, N, D> = {},
): Args<B, S, C, N, D> {
  const result = new Result(options as ParseOptions);
  const negatable = new Set(
    list(options.negatable).flatMap((name) => result.namesOf(name)),
  );
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  let early: readonly string[] = [];

  /** Takes the following argument as the value of a flag, if it is one; returns how many were taken. */
  const valueAfter = (
    i: number,
    arg: string,
    name: string,
    takesAny: boolean,
  ): number => {
    const next = flags[i + 1];
    if (
      takesAny && !result.isBoolean(name) && next !== undefined &&
      next !== "" && !/^-./.test(next)
    ) {
      result.set(arg, name, next);
      return 1;
    }
    if (next === "true" || next === "false") {
      result.set(arg, name, next === "true");
      return 1;
    }
    result.set(arg, name, result.strings.has(name) ? "" : true);
    return 0;
  };

  for (let i = 0; i < flags.length; i++) {
    const arg = flags[i]!;
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    if (long) {
      const [, name, value] = long as unknown as [
        string,
        string,
        string | undefined,
      ];
      const positive = name.startsWith("no-") ? name.slice(3) : undefined;
      if (value !== undefined) {
        result.set(
          arg,
          name,
          result.isBoolean(name) ? value !== "false" : value,
        );
      } else if (positive !== undefined && negatable.has(positive)) {
        result.set(arg, positive, false, false);
      } else {
        i += valueAfter(i, arg, name, options.boolean !== true);
      }
    } else if (/^-[^-]/.test(arg)) {
      i += shortFlags(result, arg, (name) => valueAfter(i, arg, name, true));
    } else {
      result.positional(arg);
      if (options.stopEarly) {
        early = flags.slice(i + 1);
        break;
      }
    }
  }
  result.finish();
  result.values._.push(...early);
  if (options["--"]) result.values["--"] = rest;
  else result.values._.push(...rest);
  return result.values as Args<B, S, C, N, D>;
}

/** Reads `-abc`, `-n5`, `-n=5`; returns how many following arguments were taken. */
function shortFlags(
  result: Result,
  arg: string,
  last: (name: string) => number,
): number {
  for (let j = 1; j < arg.length - 1; j++) {
    const letter = arg[j]!;
    const tail = arg.slice(j + 1);
    const attached = tail === "-" ||
      (/[A-Za-z]/.test(letter) && (tail.startsWith("=") || isNumeric(tail))) ||
      /^\W/.test(tail);
    if (attached) {
      const value = tail.startsWith("=") ? tail.slice(1) : tail;
      result.set(
        arg,
        letter,
        result.isBoolean(letter) ? value !== "false" : value,
      );
      return 0;
    }
    result.set(arg, letter, result.strings.has(letter) ? "" : true);
  }
  return last(arg.at(-1)!);
}
