/** What the parts of a recipe that tell of attribute operation may be. */
import {
  type AngleSchedule,
  ATTRIBUTE_PRESETS,
  parseEstimatorInput,
  parsePoseOutput,
  parseScoreOutput,
} from "@/attributes/mod.ts";
import {
  aboveZero,
  atLeastZero,
  between,
  type Check,
  type Fields,
  finite,
  hash,
  oneOf,
  optional,
  text,
  whole,
  yesOrNo,
} from "./_recipe_checks.ts";

const model = (path: string): Fields => [
  [`${path}.name`, text],
  [`${path}.file`, text],
  [`${path}.sha256`, hash],
];

/** A text that a function can read. */
const readBy = (parse: (value: string) => unknown, expected: string): Check =>
  optional((value) => {
    try {
      parse(value as string);
    } catch {
      return expected;
    }
  });

/** A model that may also be an ONNX file of one's own. */
const freeModel = (path: string, output: Check): Fields => [
  ...model(path),
  [`${path}.input`, readBy(parseEstimatorInput, "what a model is fed, such as bgr,0:1")],
  [`${path}.output`, output],
];

const common = (part: string): Fields => [
  [`${part}.preset`, oneOf(...Object.keys(ATTRIBUTE_PRESETS))],
  [`${part}.iterations`, whole(1, 1_000_000)],
  [`${part}.learningRate`, aboveZero],
  [`${part}.identity.weight`, atLeastZero],
  [`${part}.identity.threshold`, aboveZero],
  [`${part}.identity.hinge`, between(0, 2)],
  ...model(`${part}.identity.model`),
  [`${part}.quality.weight`, atLeastZero],
  [`${part}.quality.threshold`, aboveZero],
  [`${part}.quality.target`, finite],
  ...freeModel(`${part}.quality.model`, readBy(parseScoreOutput, "number, norm, or a column from 0")),
];

const schedule: Check = (value) => {
  const kind = (value as AngleSchedule | null)?.kind;
  return kind === "constant" || kind === "uniform" || kind === "histogram" ? undefined : "an angle schedule";
};

const angles: Check = (value) =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0 &&
    Object.keys(value).every((key) => ["yaw", "pitch", "roll"].includes(key))
    ? undefined
    : "one or more of yaw, pitch, roll";

/** Fields of `recipe.refinement`. */
export const REFINEMENT_FIELDS: Fields = [
  ...common("refinement"),
  ["refinement.rejected", oneOf("replace", "keep", "skip")],
  ["refinement.attempts", whole(1, 1_000_000)],
];

/** Fields of `recipe.targets`. */
export const TARGET_FIELDS: Fields = [
  ...common("targets"),
  ["targets.rejected", oneOf("keep", "skip")],
  ["targets.pose.weight", atLeastZero],
  ["targets.pose.threshold", aboveZero],
  ["targets.pose.unsigned", yesOrNo],
  ...freeModel("targets.pose.model", readBy(parsePoseOutput, "columns such as yaw,pitch,roll, matrix or 6d")),
  ["targets.angles", angles],
  ["targets.angles.yaw", optional(schedule)],
  ["targets.angles.pitch", optional(schedule)],
  ["targets.angles.roll", optional(schedule)],
];
