/**
 * Where the angles are in what a pose estimator of one's own gives, in a line of text: for command lines and recipes.
 *
 * @module
 */
import type { PoseAngle } from "./pose_objective.ts";

/** A column that is an angle, and the factor that makes it this project's: degrees, and its signs. */
export interface PoseColumn {
  /** Which angle. */
  readonly angle: PoseAngle;
  /** -1 where the estimator counts to the other side. */
  readonly sign: 1 | -1;
}

/** Where angles are. */
export type PoseOutput =
  | {
    /** One number an angle: columns of one output, or outputs of their own. */
    readonly kind: "columns";
    /** What each is; undefined for one that is not used. */
    readonly columns: readonly (PoseColumn | undefined)[];
    /** Radians in the place of degrees. */
    readonly radians: boolean;
  }
  | {
    /** A rotation [N,3,3] or [N,9], Rz(roll) Ry(yaw) Rx(pitch) as 6DRepNet's; or the six numbers of one [N,6]. */
    readonly kind: "matrix" | "6d";
  };

const ANGLES: readonly PoseAngle[] = ["yaw", "pitch", "roll"];

/**
 * Reads where the angles are.
 *
 * | text | the model gives |
 * |---|---|
 * | `yaw,pitch,roll` | an output [N,3] with these columns, or three outputs [N] or [N,1] in this order; degrees |
 * | `pitch,-yaw,_` | pitch, yaw to the other side, and one that is not used |
 * | `yaw,radians` | yaw alone, in radians |
 * | `matrix`, `6d` | a rotation as 6DRepNet's: [N,3,3] or [N,9], or the six numbers before it [N,6] |
 *
 * Signs of this project: positive yaw turns the face to the image's left, positive pitch looks up, positive roll tilts
 * clockwise in the image.
 *
 * @param text The columns, or the form of a rotation.
 * @returns The same as data.
 * @throws {SyntaxError} If a word is none of these, an angle is there twice, or none is.
 *
 * @example Columns
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { parsePoseOutput } from "@/attributes/mod.ts";
 *
 * deepStrictEqual(parsePoseOutput("_,-yaw"), {
 *   kind: "columns",
 *   columns: [undefined, { angle: "yaw", sign: -1 }],
 *   radians: false,
 * });
 * ```
 */
export function parsePoseOutput(text: string): PoseOutput {
  const words = text.split(",").map((word) => word.trim().toLowerCase());
  if (text.trim() === "matrix" || text.trim() === "6d") return { kind: text.trim() as "matrix" | "6d" };
  const refused = (why: string) =>
    new SyntaxError(
      `Cannot read pose output "${text}": ${why}; expected matrix, 6d, or columns such as yaw,-pitch,_ with "radians" last`,
    );
  const radians = words.at(-1) === "radians";
  if (radians) words.pop();
  const columns = words.map((word) => {
    if (word === "_") return undefined;
    const angle = ANGLES.find((known) => word.replace(/^[+-]/, "") === known);
    if (angle === undefined) throw refused(`"${word}" is no angle`);
    return { angle, sign: word.startsWith("-") ? -1 as const : 1 as const };
  });
  const angles = columns.flatMap((column) => column === undefined ? [] : [column.angle]);
  if (angles.length === 0) throw refused("it has no angle");
  const twice = angles.find((angle, i) => angles.indexOf(angle) < i);
  if (twice !== undefined) throw refused(`${twice} is there twice`);
  return { kind: "columns", columns, radians };
}

/**
 * Lists the angles that an output has.
 *
 * @param output Where angles are.
 * @returns Their names.
 *
 * @example A rotation has all
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { anglesOf } from "@/attributes/mod.ts";
 *
 * deepStrictEqual(anglesOf({ kind: "matrix" }), ["yaw", "pitch", "roll"]);
 * ```
 */
export function anglesOf(output: PoseOutput): readonly PoseAngle[] {
  if (output.kind !== "columns") return ANGLES;
  return output.columns.flatMap((column) => column === undefined ? [] : [column.angle]);
}

/**
 * Writes where angles are in the one form that a recipe compares.
 *
 * @param output What {@linkcode parsePoseOutput} gave.
 * @returns Text that it reads again.
 *
 * @example There and back
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { parsePoseOutput, poseOutputText } from "@/attributes/mod.ts";
 *
 * strictEqual(poseOutputText(parsePoseOutput("Yaw, -pitch, _, radians")), "yaw,-pitch,_,radians");
 * ```
 */
export function poseOutputText(output: PoseOutput): string {
  if (output.kind !== "columns") return output.kind;
  const words = output.columns.map((column) =>
    column === undefined ? "_" : `${column.sign < 0 ? "-" : ""}${column.angle}`
  );
  return [...words, ...(output.radians ? ["radians"] : [])].join(",");
}
