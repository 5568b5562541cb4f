import { estimatorInputText, parseEstimatorInput } from "@/attributes/mod.ts";
import assert from "node:assert/strict";

Deno.test("parseEstimatorInput() reads parts in any order, and estimatorInputText() writes them in one", () => {
  const cases = [
    ["bgr", "bgr,-1:1"],
    ["0:255", "rgb,0:255"],
    ["224, BGR ,0:1", "bgr,0:1,224x224"],
    ["112x96", "rgb,-1:1,112x96"],
    ["std=0.5/.5/1,mean=-1/0/1e-3", "rgb,-1:1,mean=-1/0/0.001,std=0.5/0.5/1"],
  ] as const;
  for (const [text, canonical] of cases) {
    assert.equal(estimatorInputText(parseEstimatorInput(text)), canonical);
    assert.equal(estimatorInputText(parseEstimatorInput(canonical)), canonical);
  }
  assert.equal(estimatorInputText({ size: 64 }), "rgb,-1:1,64x64");
});

Deno.test.each([
  ["", '"" is none of its parts'],
  ["gray", '"gray" is none of its parts'],
  ["rgb,bgr", '"bgr" says the channels again'],
  ["0:1,0:255", '"0:255" says the range again'],
  ["1:0", "black 1 is not below white 0"],
  ["0", "a side is not 1..4096"],
  ["99999", "a side is not 1..4096"],
  ["mean=0.5", '"mean=0.5" is none of its parts'],
  ["std=1/0/1", "a deviation is not above 0"],
])("parseEstimatorInput() refuses %j", (text, why) => {
  assert.throws(
    () => parseEstimatorInput(text),
    (e) => e instanceof SyntaxError && e.message.includes(`Cannot read estimator input "${text}": ${why}`),
  );
});
