/** Renders one image of one identity. */

import type { Pixels } from "@/images/mod.ts";
import { assemble } from "./_assemble.ts";
import { Kind } from "./_kind.ts";
import { depthShade } from "./_depth_shade.ts";
import { finish } from "./_finish.ts";
import type { HeadIdentity } from "./head_identity.ts";
import { Attribute } from "./_paint.ts";
import { clearVisible, draw } from "./_raster.ts";
import type { Scene } from "./scene.ts";
import { shade } from "./_shade.ts";
import { applyView, findView } from "./_view.ts";
import { SIZE, type Workspace } from "./_workspace.ts";

/** What is known about a rendered image without looking at it. */
export interface Truth {
  /** Degrees after alignment, positive to the image left; see {@linkcode Pose}. */
  readonly yaw: number;
  /** Degrees after alignment, positive up. */
  readonly pitch: number;
  /** Degrees after alignment, positive clockwise. */
  readonly roll: number;
  /** Eyes, nose tip, mouth corners (image left first), pixels, [5][x, y]. */
  readonly landmarks: readonly (readonly [number, number])[];
}

/** A rendered image. */
export interface Rendered {
  /** 112x112 RGB. */
  readonly pixels: Pixels;
  /** 112x112: 255 on the head, its hair, neck and wear; 0 on background and occluders. */
  readonly mask: Uint8Array;
  /** Pose and landmarks. */
  readonly truth: Truth;
}

/**
 * Renders images one after the other in the same scratch memory.
 *
 * @example A face turned to the image left
 * ```ts
 * import assert from "node:assert/strict";
 * import { HeadRenderer, sampleIdentity, sampleScene, toyHead } from "@/heads/mod.ts";
 * const renderer = new HeadRenderer();
 * const person = sampleIdentity(toyHead(), 1, 0);
 * const { truth } = renderer.render(person, { ...sampleScene(1, 0, 0), yaw: 40, pitch: 0 });
 * assert.ok(truth.yaw > 35 && truth.yaw < 45);
 * ```
 */
export class HeadRenderer {
  #workspace: Workspace | undefined;

  /**
   * Renders one image.
   *
   * @param identity The person.
   * @param scene The circumstances; see {@linkcode sampleScene}.
   * @returns The image, aligned to the ArcFace template, the head's mask and what is known about it.
   */
  render(identity: HeadIdentity, scene: Scene): Rendered {
    const a = assemble(identity, scene, this.#workspace);
    const w = this.#workspace = a.workspace;
    const view = findView(scene, a.marks);
    applyView(view, w.position, w.normal, w.screen, a.vertices);
    clearVisible(w.visible);
    const cut = {
      values: w.attributes,
      stride: Attribute.size,
      offset: Attribute.cut,
    };
    const showTeeth = mouthMoves(scene);
    let from = 0;
    while (from < a.own) { // runs of one kind
      const kind = w.kinds[from]!;
      let to = from + 1;
      while (to < a.own && w.kinds[to] === kind) to++;
      const inside = kind === Kind.teeth || kind === Kind.mouth;
      if (!inside || showTeeth) {
        draw(
          w.visible,
          w.screen,
          w.triangles,
          from,
          to,
          kind === Kind.lash ? { twoSided: true, cut } : { twoSided: false },
        );
      }
      from = to;
    }
    for (const layer of a.layers) {
      draw(w.visible, w.screen, w.triangles, layer.from, layer.to, {
        twoSided: true,
        cut,
      });
    }
    depthShade(w);
    shade(a, identity, scene);
    const { data, mask } = finish(w, scene, identity.traits);
    const landmarks = Array.from(
      { length: 5 },
      (_, i) => [view.landmarks[2 * i]!, view.landmarks[2 * i + 1]!] as const,
    );
    return {
      pixels: { width: SIZE, height: SIZE, data },
      mask,
      truth: { ...view.pose, landmarks },
    };
  }
}

/** Whether teeth and tongue could be seen. */
function mouthMoves(scene: Scene): boolean {
  return Object.entries(scene.expression).some(([name, weight]) =>
    name === "jawOpen" ? weight > 0.01 : weight > 0.02 && /^(mouth|jaw)/.test(name)
  );
}
