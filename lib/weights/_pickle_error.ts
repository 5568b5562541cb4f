/** @file What the parts of the unpickler share to complain. */

import { PyGlobal, PyObject, type PyValue } from "./_pickle_values.ts";

/** Says what is wrong with the arguments of a call; the unpickler adds the file and the place. */
export class PickleArgumentError extends Error {}

/** A value in a few words, for messages. */
export function describe(value: PyValue | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "None";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value !== "object") return String(value).slice(0, 60);
  if (value instanceof PyObject) return `a ${value.type} object`;
  if (value instanceof PyGlobal) return value.path;
  return `a ${value.constructor.name.replace(/^Py/, "").toLowerCase()}`;
}
