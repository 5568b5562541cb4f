import assert from "node:assert/strict";
import { parseYawPoints } from "@/plots/mod.ts";
import { turnedSet } from "./_sets.ts";

const { name, ...yaw } = turnedSet("mini");
const good = { kind: "attrop", name, yaw };

Deno.test("parseYawPoints() takes what evaluate:attrop writes, and nothing else of it", () => {
  const more = {
    ...yaw,
    sigma: 0.7,
    images: yaw.images.map((image) => ({ ...image, iterations: 3, reason: "accepted" })),
  };
  assert.deepEqual(parseYawPoints({ ...good, name: " mini ", yaw: more, seed: "0" }, "a.json"), turnedSet("mini"));
});

Deno.test("parseYawPoints() leaves values that are missing null", () => {
  const images = [{ target: 0, yaw: null, cosine: null, second: null }];
  assert.deepEqual(parseYawPoints({ ...good, yaw: { ...yaw, images } }, "a.json").images, images);
});

Deno.test.each<[string, unknown, RegExp]>([
  ["no object", 3, /a.json: it is no JSON object; expected a result of "deno task evaluate:attrop/],
  ["another kind", { ...good, kind: "separability" }, /it is of kind "separability"/],
  ["no kind", { name }, /it has no "kind"/],
  ["no name", { ...good, name: "" }, /"name" is no text/],
  ["no yaws", { kind: "attrop", name }, /it has no yaw targets/],
  ["no tolerance", { ...good, yaw: { ...yaw, tolerance: "5" } }, /no numbers "tolerance" and "leastCosine"/],
  ["no images", { ...good, yaw: { ...yaw, images: [] } }, /no list of "images"/],
  [
    "a target that is missing",
    { ...good, yaw: { ...yaw, images: [{ target: null }] } },
    /"target" of image 0 is no number/,
  ],
  [
    "a text",
    { ...good, yaw: { ...yaw, images: [{ ...yaw.images[0], cosine: "1" }] } },
    /"cosine" of image 0 is no number/,
  ],
])("parseYawPoints() throws TypeError when there is %s", (_what, value, message) => {
  assert.throws(() => parseYawPoints(value, "a.json"), { name: "TypeError", message });
});
