/**
 * What an estimator wants to see, in a line of text: for command lines and recipes.
 *
 * @module
 */
import type { EstimatorInput } from "./estimator_input.ts";

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE_REGEXP = new RegExp(`^(${NUMBER}):(${NUMBER})$`, "i");
const SIZE_REGEXP = /^(\d+)(?:x(\d+))?$/;
const TRIPLE_REGEXP = new RegExp(`^(mean|std)=(${NUMBER})/(${NUMBER})/(${NUMBER})$`, "i");

/** What {@linkcode parseEstimatorInput} reads; the rest of {@linkcode EstimatorInput} has no text. */
export type EstimatorInputText = Pick<EstimatorInput, "size" | "channels" | "range" | "mean" | "std">;

/**
 * Reads what an estimator wants to see, parts in any order with commas between them:
 *
 * | part | meaning | when left out |
 * |---|---|---|
 * | `rgb` or `bgr` | order of the channels | `rgb` |
 * | `0:1` | values of black and white | `-1:1` |
 * | `224` or `112x96` | height and width (height first) that images are resized to | the file's, where it says one |
 * | `mean=0.5/0.5/0.5` | taken off after the range, a number a channel in the estimator's order | 0 |
 * | `std=0.5/0.5/0.5` | divides after that | 1 |
 *
 * @param text The parts.
 * @returns The same as options of an estimator.
 * @throws {SyntaxError} If a part is none of these or there twice, black is not below white, or a deviation is not above 0.
 *
 * @example Networks of torchvision
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { parseEstimatorInput } from "@/attributes/mod.ts";
 *
 * const input = parseEstimatorInput("rgb,0:1,224,mean=0.485/0.456/0.406,std=0.229/0.224/0.225");
 * deepStrictEqual([input.range, input.size, input.std], [[0, 1], [224, 224], [0.229, 0.224, 0.225]]);
 * ```
 */
export function parseEstimatorInput(text: string): EstimatorInputText {
  const refused = (why: string) =>
    new SyntaxError(
      `Cannot read estimator input "${text}": ${why}; expected rgb or bgr, BLACK:WHITE, SIZE or HEIGHTxWIDTH, ` +
        "mean=A/B/C, std=A/B/C, with commas between them",
    );
  const found: { -readonly [K in keyof EstimatorInputText]: EstimatorInputText[K] } = {};
  for (const part of text.split(",").map((word) => word.trim())) {
    const [key, value] = readPart(part);
    if (key === undefined) throw refused(`"${part}" is none of its parts`);
    if (found[key] !== undefined) throw refused(`"${part}" says the ${key} again`);
    Object.assign(found, { [key]: value });
  }
  const { range, size, std } = found;
  if (range !== undefined && !(range[0] < range[1])) throw refused(`black ${range[0]} is not below white ${range[1]}`);
  if (typeof size === "object" && size.some((side) => side < 1 || side > 4096)) throw refused("a side is not 1..4096");
  if (std?.some((deviation) => deviation <= 0)) throw refused("a deviation is not above 0");
  return found;
}

/** The field that a part of the text says, and its value. */
function readPart(part: string): [keyof EstimatorInputText, unknown] | [undefined] {
  const word = part.toLowerCase();
  if (word === "rgb" || word === "bgr") return ["channels", word];
  const range = RANGE_REGEXP.exec(word);
  if (range !== null) return ["range", range.slice(1).map(Number)];
  const size = SIZE_REGEXP.exec(word);
  if (size !== null) return ["size", [Number(size[1]), Number(size[2] ?? size[1])]];
  const triple = TRIPLE_REGEXP.exec(word);
  if (triple !== null) return [triple[1] as "mean" | "std", triple.slice(2).map(Number)];
  return [undefined];
}

/**
 * Writes what an estimator wants to see in the one form that a recipe compares.
 *
 * @param input What {@linkcode parseEstimatorInput} gave.
 * @returns Text that it reads again.
 *
 * @example Defaults are said, order is fixed
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { estimatorInputText, parseEstimatorInput } from "@/attributes/mod.ts";
 *
 * strictEqual(estimatorInputText(parseEstimatorInput("0:255, bgr")), "bgr,0:255");
 * strictEqual(estimatorInputText({}), "rgb,-1:1");
 * ```
 */
export function estimatorInputText(input: EstimatorInputText): string {
  const { channels = "rgb", range = [-1, 1], size, mean, std } = input;
  const sides = typeof size === "number" ? [size, size] : size;
  return [
    channels,
    range.join(":"),
    ...(sides === undefined ? [] : [sides.join("x")]),
    ...(mean === undefined ? [] : [`mean=${mean.join("/")}`]),
    ...(std === undefined ? [] : [`std=${std.join("/")}`]),
  ].join(",");
}
