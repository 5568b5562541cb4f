import assert from "node:assert/strict";
import { sampleScene, sampleTraits } from "@/heads/mod.ts";

const MANY = Array.from(
  { length: 2000 },
  (_, i) => sampleScene(3, i >> 4, i & 15, sampleTraits(3, i >> 4, 1)),
);

function share(of: (scene: typeof MANY[number]) => boolean): number {
  return MANY.filter(of).length / MANY.length;
}

Deno.test("sampleScene() is a pure function of seed, identity and image", () => {
  assert.deepEqual(sampleScene(3, 1, 4, sampleTraits(3, 1, 1)), MANY[20]);
  assert.notDeepEqual(sampleScene(3, 1, 5, sampleTraits(3, 1, 1)), MANY[20]);
});

Deno.test("sampleScene() draws mostly frontal heads and a tail to profile, evenly to both sides", () => {
  assert.ok(
    MANY.every((s) => Math.abs(s.yaw) <= 75 && Math.abs(s.pitch) <= 26),
  );
  const frontal = share((s) => Math.abs(s.yaw) < 35),
    profile = share((s) => Math.abs(s.yaw) > 55);
  assert.ok(frontal > 0.7 && frontal < 0.9, `${frontal}`);
  assert.ok(profile > 0.03 && profile < 0.1, `${profile}`);
  const left = share((s) => s.yaw > 0);
  assert.ok(left > 0.46 && left < 0.54, `${left}`);
});

Deno.test("sampleScene() draws expression weights between 0 and 1", () => {
  for (const scene of MANY) {
    for (const [name, weight] of Object.entries(scene.expression)) {
      assert.ok(weight >= 0 && weight <= 1, name);
    }
  }
});

Deno.test("sampleScene() keeps backgrounds muted", () => {
  for (const { background } of MANY) {
    for (const c of [background.first, background.second, background.third]) {
      const level = Math.max(...c);
      if (level < 0.02) continue; // too dark to have a colour
      assert.ok((level - Math.min(...c)) / level < 0.85);
    }
  }
  const colourful = share(({ background: { first } }) =>
    (Math.max(...first) - Math.min(...first)) / Math.max(...first) > 0.5
  );
  assert.ok(colourful < 0.1, `${colourful}`);
});

Deno.test("sampleScene() occludes and damages a fraction of the images", () => {
  const within = (value: number, low: number, high: number) => assert.ok(value > low && value < high, `${value}`);
  within(share((s) => s.occlusion.kind !== "none"), 0.04, 0.1);
  within(share((s) => s.camera.jpeg > 0), 0.3, 0.4);
  within(share((s) => s.camera.blur > 0.8), 0.05, 0.2);
});

Deno.test("sampleScene() puts glasses on those who have them, and hats on hardly anyone else", () => {
  const traits = {
    ...sampleTraits(3, 0, 1),
    glasses: { ...sampleTraits(3, 0, 1).glasses, chance: 1 },
  };
  for (let image = 0; image < 20; image++) {
    assert.notEqual(sampleScene(3, 0, image, traits).wear.glasses, "none");
    assert.equal(sampleScene(3, 0, image).wear.hat, false);
  }
});
