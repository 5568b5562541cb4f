/** Colours of skin, hair, eyes and cloth that people are made from. */

import { type Rgb, srgb } from "./_colour.ts";

/** From light to dark, at equal steps of the tone. */
export const SKIN: readonly Rgb[] = [
  srgb(247, 221, 203),
  srgb(240, 204, 180),
  srgb(229, 184, 155),
  srgb(206, 160, 131),
  srgb(176, 128, 99),
  srgb(143, 100, 77),
  srgb(112, 72, 52),
  srgb(78, 50, 38),
  srgb(54, 36, 29),
];

/** Hair colours with their weights on light and on dark skin. */
export const HAIR: readonly (readonly [Rgb, number, number])[] = [
  [srgb(20, 17, 17), 1.6, 6],
  [srgb(40, 28, 22), 2.4, 3],
  [srgb(72, 48, 34), 2.4, 0.8],
  [srgb(104, 72, 48), 1.8, 0.3],
  [srgb(146, 106, 66), 1.3, 0.15],
  [srgb(190, 152, 98), 1.3, 0.15],
  [srgb(218, 194, 148), 0.8, 0.15],
  [srgb(142, 66, 30), 0.9, 0.1],
  [srgb(98, 42, 28), 0.7, 0.3],
];
/** Colours of dyed hair. */
export const DYES: readonly Rgb[] = [
  srgb(150, 50, 70),
  srgb(60, 70, 130),
  srgb(70, 110, 90),
  srgb(190, 110, 140),
  srgb(110, 60, 130),
];
/** Eye colours with their weights on light and on dark skin. */
export const IRIS: readonly (readonly [Rgb, number, number])[] = [
  [srgb(46, 28, 18), 2, 7],
  [srgb(86, 52, 28), 2.2, 3],
  [srgb(116, 84, 42), 1.4, 0.4],
  [srgb(92, 110, 66), 1.1, 0.15],
  [srgb(92, 132, 168), 1.8, 0.1],
  [srgb(126, 146, 158), 1.1, 0.1],
];
/** Colours of hats. */
export const CLOTH: readonly Rgb[] = [
  srgb(36, 38, 44),
  srgb(60, 66, 92),
  srgb(120, 46, 44),
  srgb(150, 140, 120),
  srgb(70, 84, 66),
  srgb(196, 192, 184),
  srgb(104, 88, 110),
  srgb(140, 112, 70),
];

/** Colours of lipstick. */
export const LIPSTICKS: readonly Rgb[] = [
  srgb(150, 30, 40),
  srgb(176, 70, 80),
  srgb(120, 40, 60),
  srgb(190, 96, 90),
];

/** Colours of the frames of glasses. */
export const FRAMES: readonly Rgb[] = [
  srgb(24, 22, 22),
  srgb(70, 40, 24),
  srgb(150, 140, 120),
  srgb(120, 30, 36),
  srgb(36, 50, 90),
];
