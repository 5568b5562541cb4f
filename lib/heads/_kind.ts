/** Kinds of surface. */

/** What a triangle is made of; decides how its pixels are shaded. */
export const Kind = {
  skin: 0,
  eye: 1,
  teeth: 2,
  mouth: 3,
  lash: 4,
  hair: 5,
  cloth: 6,
  frame: 7,
  lens: 8,
  hidden: 9,
} as const;
