import assert from "node:assert/strict";
import {
  buildIdentity,
  HeadRenderer,
  sampleIdentity,
  sampleScene,
  sampleTraits,
  type Scene,
  toyHead,
  type Traits,
} from "@/heads/mod.ts";
import { ARC_TEMPLATE } from "@/images/mod.ts";
import { calmCamera, calmScene, difference, mean, realHeads, sharpness } from "./_fixtures.ts";

const model = toyHead();
const renderer = new HeadRenderer();
const plainTraits: Traits = {
  ...sampleTraits(2, 0, 4),
  shape: [0, 0, 0, 0],
};
const plain = buildIdentity(model, plainTraits);

function pixels(scene: Scene): Uint8Array {
  return renderer.render(plain, scene).pixels.data;
}

Deno.test("HeadRenderer.render() gives the same picture again, whatever was rendered between", () => {
  const first = renderer.render(plain, calmScene({ yaw: 20 }));
  renderer.render(sampleIdentity(model, 9, 9), sampleScene(9, 9, 9));
  const second = new HeadRenderer().render(plain, calmScene({ yaw: 20 }));
  assert.deepEqual(renderer.render(plain, calmScene({ yaw: 20 })), first);
  assert.deepEqual(second, first);
});

Deno.test("HeadRenderer.render() aligns the frontal head to the ArcFace template", () => {
  const { truth } = renderer.render(plain, calmScene());
  truth.landmarks.forEach(([x, y], i) => {
    const [tx, ty] = ARC_TEMPLATE[i]!;
    assert.ok(
      Math.hypot(x - tx, y - ty) < 3,
      `point ${i}: ${x}, ${y}, template ${tx}, ${ty}`,
    );
  });
  assert.ok(
    Math.abs(truth.yaw) < 0.5 && Math.abs(truth.pitch) < 0.5 &&
      Math.abs(truth.roll) < 0.5,
  );
});

Deno.test("HeadRenderer.render() reports the yaw it was asked for, and turns the nose there", () => {
  for (const yaw of [-60, -30, 30, 60]) {
    const { truth } = renderer.render(plain, calmScene({ yaw }));
    assert.ok(Math.abs(truth.yaw - yaw) < 1.5, `${truth.yaw}`);
    const [left, right, nose] = truth.landmarks;
    const middle = (left![0] + right![0]) / 2;
    assert.equal(
      Math.sign(nose![0] - middle),
      -Math.sign(yaw),
      "a positive yaw turns to the image left",
    );
  }
});

Deno.test("HeadRenderer.render() keeps scale and tilt stable at profile", () => {
  for (const yaw of [-75, 75]) {
    const { truth, mask } = renderer.render(plain, calmScene({ yaw }));
    const [a, b] = [truth.landmarks[0]!, truth.landmarks[3]!];
    const height = Math.hypot(a[0] - b[0], a[1] - b[1]);
    assert.ok(height > 30 && height < 50, `${height} pixels from eye to mouth`);
    assert.ok(mean(mask) / 255 > 0.3);
  }
});

Deno.test("HeadRenderer.render() tilts clockwise when roll is positive", () => {
  const { truth } = renderer.render(plain, calmScene({ roll: 6 }));
  assert.ok(Math.abs(truth.roll - 6) < 0.5);
  assert.ok(
    truth.landmarks[1]![1] > truth.landmarks[0]![1],
    "the eye at the image right is lower",
  );
});

Deno.test("HeadRenderer.render() enlarges, turns and shifts the aligned picture by the scene's frame", () => {
  const scene = calmScene({ yaw: 20, roll: 3 }), aligned = renderer.render(plain, scene);
  const zoom = 0.6, turn = 25, shift = [9, -4] as const;
  const { truth, mask } = renderer.render(plain, { ...scene, frame: { zoom, turn, shift } });
  const [c, s] = [zoom * Math.cos(turn * Math.PI / 180), zoom * Math.sin(turn * Math.PI / 180)];
  truth.landmarks.forEach(([x, y], i) => {
    const [u, v] = aligned.truth.landmarks[i]!.map((value) => value - 55.5);
    const [wx, wy] = [55.5 + c * u! - s * v! + shift[0], 55.5 + s * u! + c * v! + shift[1]];
    assert.ok(Math.hypot(x - wx, y - wy) < 1e-9, `point ${i}: ${x}, ${y}, expected ${wx}, ${wy}`);
  });
  const upright = calmScene({ roll: 3 }), turned = { ...upright, frame: { zoom, turn, shift } };
  const rolled = [upright, turned].map((scene) => renderer.render(plain, scene).truth.roll);
  assert.ok(Math.abs(rolled[1]! - rolled[0]! - turn) < 0.01, `${rolled}`);
  for (const [x, y] of truth.landmarks) {
    assert.equal(mask[Math.round(y) * 112 + Math.round(x)], 255, "the head is there");
  }
  const same = renderer.render(plain, { ...scene, frame: { zoom: 1, turn: 0, shift: [0, 0] } });
  assert.deepEqual(same, aligned);
});

Deno.test("HeadRenderer.render() masks the head and nothing else", () => {
  const { mask, pixels: { data } } = renderer.render(plain, calmScene());
  assert.deepEqual(new Set(mask), new Set([0, 255]));
  assert.equal(mask[56 * 112 + 56], 255); // the nose
  const background = data.subarray(0, 3);
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 255 || hasNeighbour(mask, p)) continue;
    assert.deepEqual(data.subarray(3 * p, 3 * p + 3), background);
  }
});

function hasNeighbour(mask: Uint8Array, p: number): boolean {
  return [-113, -112, -111, -1, 1, 111, 112, 113].some((step) => mask[p + step] === 255);
}

Deno.test("HeadRenderer.render() takes occluders out of the mask and counts face masks in", () => {
  const clear = renderer.render(plain, calmScene());
  const patch = renderer.render(
    plain,
    calmScene({
      occlusion: {
        kind: "patch",
        x: 56,
        y: 56,
        width: 30,
        height: 30,
        angle: 0,
        colour: [0, 0, 0],
      },
    }),
  );
  assert.equal(patch.mask[56 * 112 + 56], 0);
  assert.ok(mean(patch.pixels.data) < mean(clear.pixels.data));
  const hand = renderer.render(
    plain,
    calmScene({
      occlusion: {
        kind: "hand",
        x: 56,
        y: 100,
        angle: 0,
        colour: [0.2, 0.2, 0.2],
      },
    }),
  );
  assert.equal(hand.mask[108 * 112 + 56], 0);
  const mask = renderer.render(
    plain,
    calmScene({ occlusion: { kind: "mask", colour: [0, 0.5, 0] } }),
  );
  assert.equal(mask.mask[90 * 112 + 56], 255);
  const [r, g] = mask.pixels.data.subarray(3 * (85 * 112 + 56));
  assert.ok(g! > 3 * r!, "the cloth is green");
});

Deno.test("HeadRenderer.render() blurs, shrinks, adds noise and JPEG damage as asked", () => {
  const clean = pixels(calmScene());
  assert.ok(
    sharpness(pixels(calmCamera({ blur: 1.5 }))) < 0.8 * sharpness(clean),
  );
  assert.ok(
    sharpness(pixels(calmCamera({ shrink: 2.5 }))) < 0.95 * sharpness(clean),
  );
  const noisy = difference(pixels(calmCamera({ noise: 8 })), clean);
  assert.ok(noisy > 5 && noisy < 7.5, `${noisy}`); // the mean absolute value of N(0,8) is 6.4
  const jpeg = difference(pixels(calmCamera({ jpeg: 30 })), clean);
  assert.ok(jpeg > 0.3 && jpeg < 8, `${jpeg}`);
});

Deno.test("HeadRenderer.render() makes grey pictures at saturation 0 and brighter ones at higher exposure", () => {
  const grey = pixels(calmCamera({ saturation: 0 }));
  for (let i = 0; i < grey.length; i += 3) {
    assert.ok(grey[i] === grey[i + 1] && grey[i] === grey[i + 2]);
  }
  assert.ok(
    mean(pixels(calmCamera({ exposure: 1.4 }))) > mean(pixels(calmScene())) + 5,
  );
});

Deno.test("HeadRenderer.render() lights the side where the lamp stands", () => {
  const scene = calmScene();
  const data = pixels({ ...scene, light: { ...scene.light, azimuth: 70 } });
  const at = (x: number) => data[3 * (60 * 112 + x)]!;
  assert.ok(at(80) > at(32) + 15);
});

Deno.test("HeadRenderer.render() shows glasses, hats and expressions", () => {
  const bare = pixels(calmScene());
  for (
    const wear of [{ glasses: "clear", hat: false }, {
      glasses: "dark",
      hat: false,
    }, { glasses: "none", hat: true }] as const
  ) {
    assert.ok(
      difference(pixels(calmScene({ wear })), bare) > 1,
      JSON.stringify(wear),
    );
  }
  assert.ok(
    difference(pixels(calmScene({ expression: { jawOpen: 1 } })), bare) > 0.5,
  );
  assert.deepEqual(pixels(calmScene({ expression: { unheardOf: 1 } })), bare);
});

Deno.test("HeadRenderer.render() renders every hat, hair and beard style", () => {
  const seen = new Set<string>();
  for (let identity = 0; seen.size < 16 + 6 + 4 && identity < 400; identity++) {
    const traits = sampleTraits(4, identity, 4);
    const styles = [
      traits.hair.style,
      `beard ${traits.beard.style}`,
      `hat ${traits.hat.style}`,
    ];
    if (styles.every((style) => seen.has(style))) continue;
    const { mask } = renderer.render(
      buildIdentity(model, traits),
      calmScene({ yaw: 30, wear: { glasses: "clear", hat: true } }),
    );
    assert.ok(mean(mask) / 255 > 0.35, `${styles}`);
    for (const style of styles) seen.add(style);
  }
  assert.ok(seen.size >= 16 + 6 + 4, `${[...seen]}`);
});

Deno.test("HeadRenderer.render() shows a person alike from image to image where the real model is present", async (t) => {
  const real = realHeads();
  if (real === undefined) {
    await t.step(
      "the real model is absent: checked with the doll alone",
      () => {},
    );
    return;
  }
  await t.step("the real model is present", () => {
    const face = (identity: number, light: number) => {
      const scene = calmScene();
      return renderer.render(sampleIdentity(real, 1, identity), {
        ...scene,
        light: { ...scene.light, azimuth: light },
      }).pixels.data;
    };
    const people = [0, 1, 2, 3, 4, 5];
    const first = people.map((id) => face(id, -20)),
      second = people.map((id) => face(id, 20));
    for (const a of people) {
      for (const b of people) {
        if (a !== b) {
          assert.ok(
            difference(first[a]!, second[b]!) >
              difference(first[a]!, second[a]!),
            `${a}, ${b}`,
          );
        }
      }
    }
    const { truth, mask } = renderer.render(
      sampleIdentity(real, 1, 0),
      calmScene(),
    );
    assert.ok(
      truth.landmarks.every(([x, y], i) => Math.hypot(x - ARC_TEMPLATE[i]![0], y - ARC_TEMPLATE[i]![1]) < 4),
    );
    assert.ok(mean(mask) / 255 > 0.5);
  });
});
