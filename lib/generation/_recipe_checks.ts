/** What the fields of a recipe may be: each check gives nothing, or what was expected. */

/** Undefined when the value fits, else what is expected instead. */
export type Check = (value: unknown) => string | undefined;

/** Fields by path, and what each must be. */
export type Fields = readonly (readonly [path: string, check: Check])[];

export const text: Check = (v) => typeof v === "string" && v !== "" ? undefined : "a text";

export const oneOf = (...choices: string[]): Check => (v) =>
  choices.includes(v as string) ? undefined : `one of ${choices.join(", ")}`;

export const whole = (min: number, max: number): Check => (v) =>
  Number.isSafeInteger(v) && (v as number) >= min && (v as number) <= max
    ? undefined
    : `a whole number from ${min} to ${max}`;

export const numbers: Check = (v) =>
  Array.isArray(v) && v.length > 0 && v.every((x) => typeof x === "number" && x >= 0)
    ? undefined
    : "a list of numbers of at least 0";

export const hash: Check = (v) =>
  typeof v === "string" && /^[0-9a-f]{64}$/.test(v) ? undefined : "64 hexadecimal digits";

export const finite: Check = (v) => Number.isFinite(v) ? undefined : "a number";

export const between = (min: number, max: number): Check => (v) =>
  typeof v === "number" && v >= min && v <= max ? undefined : `a number from ${min} to ${max}`;

export const atLeastZero: Check = (v) =>
  Number.isFinite(v) && (v as number) >= 0 ? undefined : "a number of at least 0";

export const aboveZero: Check = (v) => Number.isFinite(v) && (v as number) > 0 ? undefined : "a number above 0";

export const yesOrNo: Check = (v) => typeof v === "boolean" ? undefined : "true or false";

/** The same check for a field that may be missing. */
export const optional = (check: Check): Check => (v) => v === undefined ? undefined : check(v);

/** The value at a path such as `identities.count`; undefined where there is none. */
export function lookUp(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}
