/**
 * Options of a task: one table that is parsed, checked and shown by --help.
 *
 * Parsing itself is `@std/cli/parse-args`; this file makes it strict (unknown, repeated and valueless options are
 * errors) and adds typed reading. Two conveniences: `--center_feature` is read as `--center-feature`, as the Python
 * reference spells its options with underscores, and `--yaw -30` takes the negative number as the value.
 */
import { parseArgs } from "@std/cli/parse-args";

/** A mistake in how a task was called: shown with the short usage, exit code 2. */
export class UsageError extends Error {
  /** Name shown in messages. */
  override readonly name = "UsageError";
}

/** One option of a task. */
export interface TaskOption {
  /** Name with or without leading dashes: `batch-size`. */
  readonly flag: string;
  /** Placeholder of the value in the help text: `N`, `FILE`; an option without one is a switch. */
  readonly value?: string;
  /** Value used when the option is not given. */
  readonly default?: string | number | boolean;
  /** What it does, one line. */
  readonly help: string;
  /** Unit or range of the value: `pixels`, `0..1`. */
  readonly unit?: string;
  /** The option may be given more than once; read it with `texts()`. */
  readonly repeat?: boolean;
  /** Other spellings. */
  readonly alias?: readonly string[];
}

/** What a task is and takes. */
export interface TaskSpec {
  /** Name as in `deno task NAME`. */
  readonly name: string;
  /** One sentence: what the task is for. */
  readonly summary: string;
  /** The call: `deno task generate [options]`. */
  readonly usage: string;
  /** Every option; `--help` is added. */
  readonly options: readonly TaskOption[];
  /** Complete commands to copy. */
  readonly examples: readonly string[];
  /** Arguments without a flag; none are taken when absent. */
  readonly positionals?: {
    readonly value: string;
    readonly help: string;
    readonly min?: number;
    readonly max?: number;
  };
}

/** Bounds for a numeric option. */
export interface NumberBounds {
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
  /** Only whole numbers. */
  readonly integer?: boolean;
}

/** Name of a flag without its dashes. */
export function bare(flag: string): string {
  return flag.replace(/^-+/, "");
}

function toNumber(text: string, flag: string, bounds: NumberBounds): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
  const { min = -Infinity, max = Infinity, integer = false } = bounds;
  if (
    !Number.isFinite(value) || value < min || value > max ||
    (integer && !Number.isInteger(value))
  ) {
    const kind = integer ? "a whole number" : "a number";
    const range = min === -Infinity && max === Infinity
      ? ""
      : max === Infinity
      ? ` of at least ${min}`
      : min === -Infinity
      ? ` of at most ${max}`
      : ` from ${min} to ${max}`;
    throw new UsageError(
      `Cannot read --${flag}: expected ${kind}${range}, got "${text}"`,
    );
  }
  return value;
}

/** The options of one call, read by name and type. */
export class TaskArguments {
  /** Arguments that had no flag, in order. */
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[] | boolean>;
  readonly #given: ReadonlySet<string>;

  /** Takes what {@link readArguments} found; a task does not call this itself. */
  constructor(
    values: ReadonlyMap<string, readonly string[] | boolean>,
    given: ReadonlySet<string>,
    positionals: readonly string[],
  ) {
    this.#values = values;
    this.#given = given;
    this.positionals = positionals;
  }

  #lookup(flag: string): readonly string[] | boolean {
    const value = this.#values.get(bare(flag));
    if (value === undefined) {
      throw new TypeError(
        `Cannot read option --${bare(flag)}: the task does not declare it`,
      );
    }
    return value;
  }

  /** True when the option was given in the call (not only by default). */
  given(flag: string): boolean {
    this.#lookup(flag);
    return this.#given.has(bare(flag));
  }

  /** State of a switch. */
  flag(flag: string): boolean {
    const value = this.#lookup(flag);
    if (typeof value !== "boolean") {
      throw new TypeError(
        `Cannot read --${bare(flag)} as a switch: it takes a value`,
      );
    }
    return value;
  }

  /** All values of an option, in order; empty when neither given nor defaulted. */
  texts(flag: string): readonly string[] {
    const value = this.#lookup(flag);
    if (typeof value === "boolean") {
      throw new TypeError(
        `Cannot read --${bare(flag)} as text: it is a switch`,
      );
    }
    return value;
  }

  /** Value of an option or undefined. */
  optionalText(flag: string): string | undefined {
    return this.texts(flag)[0];
  }

  /** Value of an option that must be there. */
  text(flag: string): string {
    const value = this.optionalText(flag);
    if (value === undefined) {
      throw new UsageError(`Cannot start: --${bare(flag)} is needed`);
    }
    return value;
  }

  /** Value of an option that must be one of `choices`. */
  choice<T extends string>(flag: string, choices: readonly T[]): T {
    const value = this.text(flag);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw new UsageError(
        `Cannot read --${bare(flag)}: expected one of ${choices.join(", ")}, got "${value}"`,
      );
    }
    return found;
  }

  /** Number, or undefined when neither given nor defaulted. */
  optionalNumber(flag: string, bounds: NumberBounds = {}): number | undefined {
    const value = this.optionalText(flag);
    return value === undefined ? undefined : toNumber(value, bare(flag), bounds);
  }

  /** Number that must be there. */
  number(flag: string, bounds: NumberBounds = {}): number {
    return toNumber(this.text(flag), bare(flag), bounds);
  }

  /** Whole number that must be there. */
  integer(flag: string, bounds: NumberBounds = {}): number {
    return this.number(flag, { ...bounds, integer: true });
  }

  /** Whole number, or undefined when neither given nor defaulted. */
  optionalInteger(flag: string, bounds: NumberBounds = {}): number | undefined {
    return this.optionalNumber(flag, { ...bounds, integer: true });
  }

  /** Numbers separated by commas, or undefined when neither given nor defaulted. */
  optionalNumbers(
    flag: string,
    bounds: NumberBounds = {},
  ): number[] | undefined {
    const value = this.optionalText(flag);
    return value?.split(",").map((part) => toNumber(part, bare(flag), bounds));
  }

  /** Seed: a whole number 0 <= seed < 2^64, decimal or 0x hexadecimal. */
  seed(flag = "seed"): bigint {
    const text = this.text(flag);
    const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? BigInt(text) : -1n;
    if (value < 0n || value >= 1n << 64n) {
      throw new UsageError(
        `Cannot read --${bare(flag)}: expected a whole number from 0 to 2^64 - 1, got "${text}"`,
      );
    }
    return value;
  }

  /** Two whole numbers `a:b` with 0 <= a and, unless `open`, a < b; undefined when neither given nor defaulted. */
  optionalPair(
    flag: string,
    { open = false }: { open?: boolean } = {},
  ): [number, number] | undefined {
    const value = this.optionalText(flag);
    if (value === undefined) return undefined;
    const match = /^(\d+):(\d+)$/.exec(value);
    const pair: [number, number] = match ? [Number(match[1]), Number(match[2])] : [NaN, NaN];
    if (
      !Number.isSafeInteger(pair[0]) || !Number.isSafeInteger(pair[1]) ||
      (!open && pair[0] >= pair[1])
    ) {
      const rule = open ? "two whole numbers a:b" : "two whole numbers a:b with a < b";
      throw new UsageError(
        `Cannot read --${bare(flag)}: expected ${rule}, got "${value}"`,
      );
    }
    return pair;
  }
}

/**
 * Reads the arguments of one call against the table of a task.
 *
 * @param spec What the task takes.
 * @param argv Arguments as the shell gave them.
 * @returns The options, or undefined when help was asked for.
 * @throws {UsageError} If an option is unknown, repeated, or lacks its value, or the number of positionals is wrong.
 */
export function readArguments(
  spec: TaskSpec,
  argv: readonly string[],
): TaskArguments | undefined {
  const options = spec.options.map((option) => ({
    ...option,
    flag: bare(option.flag),
  }));
  const spelled = new Map(
    options.flatMap((o) => [o.flag, ...(o.alias ?? [])].map((name) => [bare(name), o] as const)),
  );
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const match = /^--([^=]+)(=[\s\S]*)?$/.exec(argv[i]!);
    if (match === null) {
      words.push(argv[i]!);
      continue;
    }
    const name = match[1]!.replaceAll("_", "-");
    const option = spelled.get(name);
    let value = match[2];
    if (
      option?.value !== undefined && value === undefined &&
      /^(-\.?\d|$)/.test(argv[i + 1] ?? "-") // a number below 0, or an empty text, which is refused below
    ) value = `=${argv[++i]}`;
    if (
      option !== undefined && option.value === undefined && value !== undefined
    ) {
      throw new UsageError(
        `Cannot read --${option.flag}: it is a switch and takes no value, got "${value.slice(1)}"`,
      );
    }
    words.push(`--${option?.flag ?? name}${value ?? ""}`);
  }
  const unknown: string[] = [];
  const valued = options.filter((o) => o.value !== undefined).map((o) => o.flag);
  const parsed = parseArgs(words, {
    boolean: [
      "help",
      ...options.filter((o) => o.value === undefined).map((o) => o.flag),
    ],
    string: [...valued, "_"],
    collect: valued,
    alias: { help: "h" },
    unknown: (arg: string, key?: string) => {
      if (key === undefined) return true;
      unknown.push(arg);
      return false;
    },
  }) as Record<string, unknown> & { _: (string | number)[] };
  if (parsed.help === true) return undefined;
  if (unknown.length > 0) {
    throw new UsageError(
      `Cannot start: unknown option ${unknown[0]!.split("=")[0]}`,
    );
  }
  const positionals = parsed._.map(String);
  const { min = 0, max = Infinity } = spec.positionals ?? { max: 0 };
  if (positionals.length > max) {
    throw new UsageError(
      `Cannot start: unexpected argument "${positionals[max]}"`,
    );
  }
  if (positionals.length < min) {
    throw new UsageError(
      `Cannot start: ${spec.positionals?.value ?? "an argument"} is needed`,
    );
  }
  const values = new Map<string, readonly string[] | boolean>();
  const given = new Set<string>();
  for (const option of options) {
    const value = parsed[option.flag];
    if (option.value === undefined) {
      if (value === true) given.add(option.flag);
      values.set(option.flag, value === true || option.default === true);
      continue;
    }
    const found = Array.isArray(value) ? value.map(String) : [];
    if (found.includes("")) {
      throw new UsageError(
        `Cannot read --${option.flag}: it needs a value (${option.value})`,
      );
    }
    if (found.length > 1 && option.repeat !== true) {
      throw new UsageError(
        `Cannot read --${option.flag}: it is given ${found.length} times`,
      );
    }
    if (found.length > 0) given.add(option.flag);
    values.set(
      option.flag,
      found.length > 0 || option.default === undefined ? found : [String(option.default)],
    );
  }
  return new TaskArguments(values, given, positionals);
}
