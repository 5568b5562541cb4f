/**
 * Progress of long work as a notebook shows it: one line that is replaced, not a column of lines.
 */
import type { DisplayBundle } from "./display.ts";

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Makes what a notebook shows of work that is under way. Shown again with the same `display_id`, it takes the place of what
 * stands there: `Deno.jupyter.display(bundle, { raw: true, display_id: "turning", update: true })`.
 *
 * @param done Amount done, 0..total.
 * @param total Amount of work in all, above 0.
 * @param text What is said beside the bar.
 * @returns A bar as HTML, and a line of text.
 * @throws {RangeError} When the total is not above 0.
 *
 * @example Half of it
 * ```ts
 * import { progressDisplay } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bundle = progressDisplay(3, 6, "3 accepted");
 * assert.equal(bundle["text/plain"], "3/6, 3 accepted");
 * assert.match(bundle["text/html"]!, /<progress value="3" max="6">/);
 * ```
 */
export function progressDisplay(done: number, total: number, text = ""): DisplayBundle {
  if (!(total > 0)) throw new RangeError(`Cannot show progress: the total is ${total}, expected a number above 0`);
  const plain = text === "" ? `${done}/${total}` : `${done}/${total}, ${text}`;
  const safe = plain.replace(/[&<>"]/g, (letter) => ESCAPES[letter]!);
  return { "text/html": `<progress value="${done}" max="${total}"></progress> ${safe}`, "text/plain": plain };
}
