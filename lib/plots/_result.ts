/** What all results have in common that tasks write as JSON and figures are drawn from. */
import type { Histogram } from "./distribution_figure.ts";

/** A result that has been recognised as one. */
export interface OpenResult {
  /** Name of the set. */
  readonly name: string;
  /** Everything else, not checked yet. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Makes the error that says what was found instead. */
  readonly wrong: (found: string) => TypeError;
}

/**
 * Checks kind and name of a value read from JSON.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @param kind Kind that is expected.
 * @param command What writes such files, for messages.
 */
export function openResult(value: unknown, file: string, kind: string, command: string): OpenResult {
  const wrong = (found: string) =>
    new TypeError(`Cannot read ${file}: ${found}; expected a result of "deno task ${command} ... --json FILE"`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("it is no JSON object");
  const record = value as Record<string, unknown>;
  if (record.kind !== kind) {
    throw wrong(record.kind === undefined ? `it has no "kind"` : `it is of kind ${JSON.stringify(record.kind)}`);
  }
  const { name } = record;
  if (typeof name !== "string" || name.trim() === "") throw wrong(`"name" is no text`);
  return { name: name.trim(), record, wrong };
}

/** Checks a list of finite numbers, of some length where that is known. */
export function numbersOf(found: unknown, what: string, wrong: OpenResult["wrong"], count?: number): number[] {
  const good = Array.isArray(found) && found.length > 0 && found.every((each) => Number.isFinite(each));
  if (!good) throw wrong(`${what} is no list of numbers`);
  if (count !== undefined && found.length !== count) throw wrong(`${what} has ${found.length} numbers, not ${count}`);
  return found;
}

/** Checks a histogram. */
export function histogramOf(found: unknown, what: string, wrong: OpenResult["wrong"]): Histogram {
  const { low, high, counts } = (found ?? {}) as Record<string, unknown>;
  if (!Number.isFinite(low) || !Number.isFinite(high) || !((high as number) > (low as number))) {
    throw wrong(`${what} has no ends low < high`);
  }
  return { low: low as number, high: high as number, counts: numbersOf(counts, `${what}.counts`, wrong) };
}
