/**
 * What plotly.js asks of a browser and jsdom does not have: sizes of drawn things. Texts are measured by a table of
 * letter widths; everything else that plotly measures is made of texts and rectangles.
 *
 * plotly's maintainers do not support drawing without a browser (https://github.com/plotly/plotly.js/issues/5361);
 * tests look at what comes out.
 */
import { textWidth } from "./text_width.ts";

/** The part of a DOM element that is read here. */
interface ElementLike {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly children: ArrayLike<ElementLike>;
  readonly parentNode: unknown;
  readonly style?: { readonly fontSize?: string };
  getAttribute(name: string): string | null;
  querySelectorAll(selectors: string): ArrayLike<ElementLike>;
}

/** A rectangle by its ends. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Ascent, descent and distance of lines, sizes of the font. */
const ASCENT = 0.93, DESCENT = 0.24, LINE = 1.3;
/** Size of letters where no style says one: the usual default of browsers, pixels. */
const DEFAULT_SIZE = 16;

function fontSize(element: ElementLike): number {
  for (let at: ElementLike | null = element; at !== null; at = at.parentNode as ElementLike | null) {
    const size = parseFloat(at.style?.fontSize ?? "");
    if (size > 0) return size;
  }
  return DEFAULT_SIZE;
}

function number(element: ElementLike, attribute: string): number {
  return parseFloat(element.getAttribute(attribute) ?? "") || 0;
}

function textBox(element: ElementLike): Box | undefined {
  const size = fontSize(element);
  const tspans = Array.from(element.querySelectorAll("tspan.line"));
  const lines = (tspans.length > 0 ? tspans : [element]).map((line) => line.textContent ?? "");
  const width = Math.max(...lines.map((line) => textWidth(line, size)));
  if (width === 0) return undefined;
  const anchor = /text-anchor:\s*(\w+)/.exec(element.getAttribute("style") ?? "")?.[1] ??
    element.getAttribute("text-anchor") ?? "start";
  const left = number(element, "x") - width * (anchor === "middle" ? 0.5 : anchor === "end" ? 1 : 0);
  const baseline = number(element, "y");
  return {
    left,
    right: left + width,
    top: baseline - ASCENT * size,
    bottom: baseline + (DESCENT + (lines.length - 1) * LINE) * size,
  };
}

/** Moves a box by the element's `transform`: translations, rotations, scalings, in the order in which they stand. */
function transformed(element: ElementLike, box: Box): Box {
  const steps = [...(element.getAttribute("transform") ?? "").matchAll(/(\w+)\(([^)]*)\)/g)].reverse();
  let corners = [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [box.right, box.bottom]];
  for (const [, kind, list] of steps) {
    const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(Number);
    corners = corners.map(([x = 0, y = 0]) => {
      if (kind === "translate") return [x + a, y + b];
      if (kind === "scale") return [x * a, y * (b || a)];
      if (kind !== "rotate") return [x, y];
      const [cos, sin] = [Math.cos(a * Math.PI / 180), Math.sin(a * Math.PI / 180)];
      return [b + (x - b) * cos - (y - c) * sin, c + (x - b) * sin + (y - c) * cos];
    });
  }
  return union(corners.map(([x = 0, y = 0]) => ({ left: x, right: x, top: y, bottom: y })))!;
}

function union(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** Extent of an element without its own `transform`, or undefined for what has none. */
function extent(element: ElementLike): Box | undefined {
  const name = element.nodeName.toLowerCase();
  if (name === "text") return textBox(element);
  if (name === "rect") {
    const [left, top] = [number(element, "x"), number(element, "y")];
    return { left, top, right: left + number(element, "width"), bottom: top + number(element, "height") };
  }
  if (name === "defs" || name === "clippath") return undefined;
  const inner: Box[] = [];
  for (const child of Array.from(element.children)) {
    const box = extent(child);
    if (box !== undefined) inner.push(transformed(child, box));
  }
  return union(inner);
}

const NOTHING: Box = { left: 0, top: 0, right: 0, bottom: 0 };

function rectangle(box: Box): Record<string, number> {
  const { left, top, right, bottom } = box;
  return { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Adds what is missing to a window.
 *
 * @param window A window of jsdom.
 */
// deno-lint-ignore no-explicit-any
export function addShims(window: any): void {
  window.TextDecoder ??= TextDecoder;
  window.TextEncoder ??= TextEncoder;
  window.URL.createObjectURL ??= () => "";
  window.HTMLCanvasElement.prototype.getContext = () => null;
  const svg = window.SVGElement.prototype;
  svg.getBBox = function (this: ElementLike) {
    return rectangle(extent(this) ?? NOTHING);
  };
  svg.getBoundingClientRect = function (this: ElementLike) {
    return rectangle(transformed(this, extent(this) ?? NOTHING));
  };
  svg.getComputedTextLength = function (this: ElementLike) {
    return textWidth(this.textContent ?? "", fontSize(this));
  };
  svg.getTotalLength = () => 100;
  svg.getPointAtLength = () => ({ x: 0, y: 0 });
}
