/**
 * The lines of list files: paths, paths with labels, or labels alone.
 *
 * Written by file_path_extractor.py, utils/folder2list.py of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test and scripts/identity_label_collection.py of
 * https://github.com/HaiyuWu/Vec2Face .
 */

import { dirname, isAbsolute, join } from "node:path";

/** A line of an image list. */
export interface ListLine {
  /** Path as it is written. */
  readonly text: string;
  /** Path to open. */
  readonly path: string;
  /** Name of the folder that it lies in. */
  readonly folder: string;
  /** Label behind the path, where there is one. */
  readonly label: number | undefined;
}

/** Reads a list of paths; relative ones are below `root`, by default the list's own folder. */
export function readPathList(list: string, root?: string): ListLine[] {
  const base = root ?? dirname(list);
  const lines = textLines(list).map(([line, number]): ListLine => {
    const labelled = /^(.*\.[A-Za-z]{3,5})[\s,]+(\d{1,10})$/.exec(line);
    const text = labelled?.[1] ?? line;
    const parts = text.split("/");
    const folder = parts.at(-2);
    if (parts.includes("..") || text.includes("\0")) {
      throw new SyntaxError(
        `Cannot read list "${list}": line ${number} is ${JSON.stringify(text)}, which climbs out of its folder; ` +
          "write the path without .. parts",
      );
    }
    if (folder === undefined || folder === "" || folder === ".") {
      throw new SyntaxError(
        `Cannot read list "${list}": line ${number} is ${JSON.stringify(text)}, expected <class>/<file> at its end`,
      );
    }
    const label = labelled ? Number(labelled[2]) : undefined;
    if (label !== undefined && label > 0x7fffffff) {
      throw new SyntaxError(`Cannot read list "${list}": line ${number} has label ${label}, expected 0..2147483647`);
    }
    const path = isAbsolute(text) ? text : join(base, text);
    return { text, path, folder, label };
  });
  if (lines.length === 0) throw new RangeError(`Cannot read list "${list}": it has no lines`);
  return lines;
}

/** Reads a list of labels, one a line, as numpy.savetxt writes integers. */
export function readLabelList(list: string): Int32Array {
  return Int32Array.from(textLines(list), ([line, number]) => {
    const value = Number(line);
    if (!/^\d+(\.0*)?(e\+?0+)?$/i.test(line) || value > 0x7fffffff) {
      throw new SyntaxError(
        `Cannot read labels "${list}": line ${number} is ${JSON.stringify(line.slice(0, 40))}, expected 0..2147483647`,
      );
    }
    return value;
  });
}

/** Lines that are not empty, with their numbers from 1. */
function textLines(path: string): [string, number][] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SyntaxError(`Cannot read list "${path}": it is not UTF-8 text`);
  }
  return text.split(/\r?\n/).map((line, i) => [line.trim(), i + 1] as [string, number]).filter(([line]) => line !== "");
}

/** Order of Python's strings, by code points (JavaScript's own order is by UTF-16 units). */
export function comparePaths(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const surrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    return surrogate(x) === surrogate(y) ? x - y : surrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}
