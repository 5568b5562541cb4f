/** Looks into an SVG file: where its texts are. */
import { JSDOM } from "jsdom";
import { textWidth } from "@/plots/mod.ts";

/** A text and the rectangle around it, pixels of the view box. */
export interface PlacedText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An SVG file that parsed. */
export interface ReadSvg {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly texts: readonly PlacedText[];
  /** How many elements match. */
  count(selectors: string): number;
}

type Matrix = readonly [number, number, number, number, number, number];

function times(p: Matrix, q: Matrix): Matrix {
  const [a, b, c, d, e, f] = p, [g, h, i, j, k, l] = q;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function matrixOf(transform: string): Matrix {
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, kind, list] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(Number);
    if (kind === "translate") matrix = times(matrix, [1, 0, 0, 1, a, b]);
    else if (kind === "rotate") {
      const [cos, sin] = [Math.cos(a * Math.PI / 180), Math.sin(a * Math.PI / 180)];
      matrix = times(matrix, [cos, sin, -sin, cos, b - b * cos + c * sin, c - b * sin - c * cos]);
    } else throw new Error(`Cannot read the transform ${kind}`);
  }
  return matrix;
}

/** Parses an SVG file; not well-formed XML throws. */
export function readSvg(svg: string): ReadSvg {
  const { window } = new JSDOM("");
  const document = new window.DOMParser().parseFromString(svg, "image/svg+xml");
  const root = document.documentElement;
  const [, , width, height] = root.getAttribute("viewBox").split(" ").map(Number);
  const texts: PlacedText[] = [];
  for (const element of root.querySelectorAll("text")) {
    const lines = [...element.querySelectorAll("tspan.line")];
    const strings = (lines.length > 0 ? lines : [element]).map((line) => line.textContent as string);
    if (strings.every((each) => each === "")) continue;
    const size = parseFloat(element.style.fontSize);
    const wide = Math.max(...strings.map((each) => textWidth(each, size)));
    const anchor = element.getAttribute("text-anchor") ?? "start";
    const x = Number(element.getAttribute("x") ?? 0) - wide * (anchor === "middle" ? 0.5 : anchor === "end" ? 1 : 0);
    const y = Number(element.getAttribute("y") ?? 0);
    const corners = [[x, y - 0.75 * size], [x + wide, y + (0.22 + 1.3 * (strings.length - 1)) * size]];
    let matrix = matrixOf("");
    for (let at = element; at.getAttribute !== undefined; at = at.parentNode) {
      if (at !== root) matrix = times(matrixOf(at.getAttribute("transform") ?? ""), matrix);
      else break;
    }
    const [a, b, c, d, e, f] = matrix;
    const moved = corners.map(([px, py]) => [a * px! + c * py! + e, b * px! + d * py! + f] as const);
    const xs = moved.map(([px]) => px), ys = moved.map(([, py]) => py);
    texts.push({
      text: strings.join(" "),
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    });
  }
  return {
    width: width!,
    height: height!,
    title: root.querySelector("title")?.textContent ?? "",
    texts,
    count: (selectors) => root.querySelectorAll(selectors).length,
  };
}

/** Pairs of texts that cover each other. */
export function overlaps(texts: readonly PlacedText[]): string[] {
  return texts.flatMap((a, i) =>
    texts.slice(i + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `"${a.text}" and "${b.text}"`)
  );
}
