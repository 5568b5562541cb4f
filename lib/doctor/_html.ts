/** Small pieces of HTML, with every text escaped. */
import type { Grade } from "./verdicts.ts";

/** HTML that is finished; texts are escaped on the way in. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

/** A text as HTML shows it. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A template whose values are escaped unless they are HTML; nothing is written of undefined, null and false. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, k) => text + (k < parts.length ? write(parts[k]) : "")).join(""));
}

function write(part: Part): string {
  if (part === undefined || part === null || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(write).join("");
  return escape(String(part));
}

/** Marks of grades: shape, colour and word each tell them apart. Colours of Okabe and Ito, darkened for text on white. */
const MARKS: Readonly<Record<Grade, readonly [word: string, color: string, shape: string]>> = {
  good: ["good", "#005a8f", '<circle cx="8" cy="8" r="7"/><path d="M4.5 8.2l2.4 2.6 4.6-5.2" class="line"/>'],
  fair: ["fair", "#8a5d00", '<path d="M8 1l7.5 13.5H.5z"/><path d="M8 5.5v4.5M8 11.6v1.4" class="line"/>'],
  poor: ["poor", "#b34700", '<rect x="1" y="1" width="14" height="14"/><path d="M4.5 4.5l7 7m0-7l-7 7" class="line"/>'],
  unknown: ["not judged", "#595959", '<rect x="1" y="6" width="14" height="4"/>'],
};

/** A grade as shape, colour and word. */
export function mark(grade: Grade): Html {
  const [word, color, shape] = MARKS[grade];
  return new Html(
    `<span class="mark ${grade}" style="color: ${color}"><svg viewBox="0 0 16 16" width="16" height="16" ` +
      `aria-hidden="true" fill="${color}">${shape}</svg>${word}</span>`,
  );
}

/** A table; rows of cells, the first cell of a row is its heading. Scrolls by keyboard where it is wider than the page. */
export function table(caption: string, head: readonly Part[], rows: readonly (readonly Part[])[]): Html {
  const columns = head.map((cell) => markup`<th scope="col">${cell}</th>`);
  const lines = rows.map(([first, ...cells]) => {
    const rest = cells.map((cell) => markup`<td>${cell}</td>`);
    return markup`<tr><th scope="row">${first}</th>${rest}</tr>
`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${columns}</tr></thead>
<tbody>
${lines}</tbody></table></div>
`;
}

/** Something that is shown when it is asked for. */
export function details(summary: string, content: Html): Html {
  return markup`<details><summary>${summary}</summary>
${content}</details>
`;
}
