/** Where beside a horizontal line its name covers least of the curves. */

/** A place beside a line. */
export interface LineSide {
  /** Above the line, or below it. */
  readonly above: boolean;
  /** At the right end, or at the left one. */
  readonly right: boolean;
}

/** Points from the lower left corner of the data area. */
type Place = readonly [x: number, y: number];

/** In the order in which they are preferred. */
const SIDES: readonly LineSide[] = [
  { above: true, right: true },
  { above: false, right: true },
  { above: true, right: false },
  { above: false, right: false },
];
/** Room around a text that markers need, points: half of one. */
const MARGIN = 3;

/** The first side with least of the curves under a text of this size; `line` is the line's height, `room` the area's size. */
export function clearSide(
  line: number,
  text: { readonly width: number; readonly height: number },
  room: { readonly width: number; readonly height: number },
  curves: readonly (readonly Place[])[],
): LineSide {
  const covered = SIDES.map(({ above, right }) => {
    const left = right ? room.width - text.width : 0, low = above ? line : line - text.height;
    if (low < 0 || low + text.height > room.height) return Infinity;
    const inside = ([x, y]: Place) =>
      x > left - MARGIN && x < left + text.width + MARGIN && y > low - MARGIN && y < low + text.height + MARGIN;
    return curves.flatMap(closely).filter(inside).length;
  });
  return SIDES[Math.max(0, covered.indexOf(Math.min(...covered)))]!;
}

/** A curve as places that are no more than about a point apart. */
function closely(curve: readonly Place[]): Place[] {
  return curve.flatMap(([x, y], k): Place[] => {
    const [nextX, nextY] = curve[k + 1] ?? [x, y], steps = Math.max(1, Math.ceil(Math.hypot(nextX - x, nextY - y)));
    return Array.from({ length: steps }, (_, i) => [x + (nextX - x) * i / steps, y + (nextY - y) * i / steps]);
  });
}
