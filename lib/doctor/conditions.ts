/**
 * Conditions under which a report counts as failed: `leakage>0.001,consistency<0.9`.
 */
import { MEASURES } from "./measures.ts";

/** One condition. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  /** Name of the measure. */
  readonly measure: string;
  /** How it compares. */
  readonly operator: "<" | "<=" | ">" | ">=";
  /** With what. */
  readonly limit: number;
}

/** What became of a condition. */
export interface ConditionOutcome extends Condition {
  /** The value measured; null when there is none. */
  readonly value: number | null;
  /** Whether the condition holds; what could not be measured counts as holding. */
  readonly failed: boolean;
}

const CONDITION_REGEXP = /^([a-z0-9-]+?)\s*(<=|>=|<|>)\s*([-+]?[0-9.]+(?:e[-+]?\d+)?)\s*(%?)$/i;

/**
 * Reads conditions.
 *
 * @param text Conditions separated by commas; limits as numbers, or as percentages with %.
 * @returns The conditions.
 * @throws {SyntaxError} When one is no condition.
 * @throws {RangeError} When there is no measure of that name; the message lists those there are.
 *
 * @example Two conditions
 * ```ts
 * import { parseConditions } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [leakage, consistency] = parseConditions("leakage>0.1%, consistency < 0.9");
 * assert.deepEqual([leakage!.measure, leakage!.operator, leakage!.limit], ["leakage", ">", 0.001]);
 * assert.equal(consistency!.limit, 0.9);
 * ```
 */
export function parseConditions(text: string): Condition[] {
  return text.split(",").map((part) => {
    const match = CONDITION_REGEXP.exec(part.trim()), limit = Number(match?.[3]);
    if (match === null || !Number.isFinite(limit)) {
      throw new SyntaxError(
        `Cannot read the condition "${part.trim()}": expected a name, one of < <= > >=, and a number, ` +
          'such as "leakage>0.001"',
      );
    }
    const measure = match[1]!.toLowerCase();
    if (!MEASURES.some(({ name }) => name === measure)) {
      throw new RangeError(
        `Cannot check "${part.trim()}": there is no measure ${measure}, known are ${
          MEASURES.map(({ name }) => name).join(", ")
        }`,
      );
    }
    const operator = match[2] as Condition["operator"];
    return { text: part.trim(), measure, operator, limit: match[4] === "%" ? limit / 100 : limit };
  });
}

/**
 * Checks conditions against what was measured.
 *
 * @param conditions The conditions.
 * @param values Values by name, from `measuredValues`.
 * @returns What became of each.
 *
 * @example One that holds, and one that nobody can tell
 * ```ts
 * import { checkConditions, parseConditions } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const found = checkConditions(parseConditions("eer>0.1,fid>9,images<10"), new Map([["eer", 0.2], ["images", 10]]));
 * assert.deepEqual(found.map(({ failed, value }) => [failed, value]), [[true, 0.2], [true, null], [false, 10]]);
 * ```
 */
export function checkConditions(
  conditions: readonly Condition[],
  values: ReadonlyMap<string, number>,
): ConditionOutcome[] {
  return conditions.map((condition) => {
    const value = values.get(condition.measure), { operator, limit } = condition;
    if (value === undefined) return { ...condition, value: null, failed: true };
    const failed = operator === "<"
      ? value < limit
      : operator === "<="
      ? value <= limit
      : operator === ">"
      ? value > limit
      : value >= limit;
    return { ...condition, value, failed };
  });
}
