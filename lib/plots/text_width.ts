/**
 * Widths of texts without a browser: the advance widths of DejaVu Sans 2.37, thousandths of an em. It is the widest of
 * the common sans-serif fonts, so what is given room for it has room in Arial, Helvetica and Liberation Sans as well.
 */

/** Letters from space to tilde (U+0020..U+007E). */
// deno-fmt-ignore
const ASCII = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];

/** Of the others, those narrower than {@link OTHER}. */
const NARROW: Readonly<Record<string, number>> = {
  "\u00a0": 318,
  "°": 500,
  "–": 500,
  "·": 318,
  "μ": 636,
  "σ": 634,
  ...Object.fromEntries(Array.from("⁰¹²³⁴⁵⁶⁷⁸⁹", (digit) => [digit, 401])),
  "⁻": 528,
  "−": 838,
};

/** Every other letter: mathematical signs are 838, Chinese, Japanese and Korean letters a whole em. */
const OTHER = 1000;

/**
 * Measures a line of text in the font of the figures.
 *
 * @param text One line, without markup.
 * @param size Size of the font.
 * @returns Width in the unit of `size`: an upper bound for the usual sans-serif fonts.
 *
 * @example Ten letters at 10 points
 * ```ts
 * import { textWidth } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(textWidth("0123456789", 10), 63.6);
 * ```
 */
export function textWidth(text: string, size: number): number {
  let thousandths = 0;
  for (const letter of text) thousandths += ASCII[letter.codePointAt(0)! - 32] ?? NARROW[letter] ?? OTHER;
  return thousandths * size / 1000;
}

/**
 * Breaks a text into lines that fit, at spaces where it can.
 *
 * @param text The text.
 * @param size Size of the font.
 * @param width Most width of a line, in the unit of `size`.
 * @returns At least one line; a line is wider than `width` only when it is a single letter.
 *
 * @example Two words, one column
 * ```ts
 * import { wrapText } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(wrapText("rendered heads", 10, 60), ["rendered", "heads"]);
 * ```
 */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const letter of word) {
      if (line !== "" && textWidth(line + letter, size) > width) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return [...lines, line];
}

/**
 * Makes plotly show a text as it is: its markup (`<b>`, `<a href>`, `&amp;`) loses its meaning.
 *
 * @param text Any text.
 * @returns Text for names, titles and annotations.
 *
 * @example A comparison, no markup
 * ```ts
 * import { plainText } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(plainText("a < b"), "a &lt; b");
 * ```
 */
export function plainText(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
