/** What the renderer adds to an identity: hair, beard, paint, and pieces that are worn, each made when first needed. */

import { type Anatomy, anatomyOf } from "./_anatomy.ts";
import { makeGlasses } from "./_glasses.ts";
import { hairFields } from "./_hair.ts";
import { hangingHair, measureSkull, type Skull } from "./_hanging.ts";
import { type Hat, makeHat } from "./_hat.ts";
import type { HeadIdentity } from "./head_identity.ts";
import type { Layer } from "./_layer.ts";
import { noise3, smoothstep } from "./_noise.ts";
import { beardDistance, paint } from "./_paint.ts";

/** A hat with the hair that hangs out of it. */
export interface WornHat extends Hat {
  readonly hanging: readonly Layer[];
}

const known = new WeakMap<HeadIdentity, Geometry>();

/** Gives an identity's geometry, made once. */
export function geometryOf(identity: HeadIdentity): Geometry {
  let made = known.get(identity);
  if (made === undefined) known.set(identity, made = new Geometry(identity));
  return made;
}

/** Geometry and paint of one identity. */
export class Geometry {
  readonly anatomy: Anatomy;
  /** Lift of hair and beard along the growth direction, cm, [V]. */
  readonly lift: Float32Array;
  /** Attribute rows, [V, Attribute.size]. */
  readonly attributes: Float32Array;
  /** Hair that hangs. */
  readonly hanging: readonly Layer[];
  readonly #identity: HeadIdentity;
  readonly #skull: Skull;
  readonly #glasses: (readonly Layer[] | undefined)[] = [];
  #hat: WornHat | undefined;

  constructor(identity: HeadIdentity) {
    const { model, traits, positions } = identity;
    this.#identity = identity;
    this.anatomy = anatomyOf(model);
    const hair = hairFields(this.anatomy, traits);
    this.lift = Float32Array.from(hair.lift);
    const beard = this.#growBeard();
    this.attributes = paint(this.anatomy, traits, hair, beard);
    this.#skull = measureSkull(this.anatomy, positions);
    this.hanging = hangingHair(traits, this.#skull, 8.8);
  }

  /** Frames of clear glasses or sunglasses. */
  glasses(dark: boolean): readonly Layer[] {
    const index = dark ? 1 : 0;
    return this.#glasses[index] ??= makeGlasses(
      this.anatomy,
      this.#identity.traits,
      this.#identity.positions,
      dark,
    );
  }

  /** The hat. */
  hat(): WornHat {
    if (this.#hat !== undefined) return this.#hat;
    const { traits, positions } = this.#identity;
    const hat = makeHat(this.anatomy, traits, positions);
    const hanging = hat.hangTop === null ? [] : hangingHair(traits, this.#skull, hat.hangTop);
    return this.#hat = { ...hat, hanging };
  }

  /** Lifts the skin under the beard; returns signed distances inside the beard, [V]. */
  #growBeard(): Float32Array {
    const { anatomy, lift } = this;
    const { traits, model: { neutral: p } } = this.#identity;
    const beard = new Float32Array(p.length / 3).fill(-9);
    for (const v of anatomy.skinVertices) {
      if (anatomy.interior[v]! > 0) continue;
      const x = p[3 * v]!, y = p[3 * v + 1]!, z = p[3 * v + 2]!;
      const d = beardDistance(traits, x, y, z, anatomy.lip[v]!) +
        0.18 * noise3(x * 1.3, y * 1.3, z * 1.3, traits.noise ^ 51) -
        2 * anatomy.ear[v]!;
      beard[v] = d;
      if (d <= 0 || traits.beard.style === "stubble") continue;
      const length = traits.beard.length *
        (0.45 + 0.55 * smoothstep(-2.5, -6, y));
      const grown = length * smoothstep(0, 0.9, d) *
        (1 + 0.25 * noise3(x * 1.6, y, z * 1.6, traits.noise ^ 52));
      lift[v] = Math.max(lift[v]!, grown);
    }
    return beard;
  }
}
