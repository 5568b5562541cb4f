import assert from "node:assert/strict";
import { clearSide } from "../../lib/plots/_clear_side.ts";

const ROOM = { width: 200, height: 100 }, TEXT = { width: 60, height: 9 };
const TOP_RIGHT = { above: true, right: true };

Deno.test("clearSide() stays above the right end unless a curve is there", () => {
  assert.deepEqual(clearSide(50, TEXT, ROOM, []), TOP_RIGHT);
  assert.deepEqual(clearSide(50, TEXT, ROOM, [[[10, 55], [100, 55]]]), TOP_RIGHT);
  assert.deepEqual(clearSide(50, TEXT, ROOM, [[[170, 55]]]), { above: false, right: true });
  assert.deepEqual(clearSide(50, TEXT, ROOM, [[[150, 90], [190, 10]]]), { above: true, right: false });
});

Deno.test("clearSide() sees the line between two points that are elsewhere", () => {
  assert.deepEqual(clearSide(50, TEXT, ROOM, [[[0, 55], [200, 55]]]), { above: false, right: true });
});

Deno.test("clearSide() stays inside the data area, and takes the emptiest place where none is clear", () => {
  assert.deepEqual(clearSide(95, TEXT, ROOM, []), { above: false, right: true });
  const all = [[0, 40], [200, 40]] as const, more = [[0, 55], [200, 55]] as const;
  assert.deepEqual(clearSide(50, TEXT, ROOM, [all, more, [[140, 42], [200, 58]]]), { above: true, right: false });
  assert.deepEqual(clearSide(4, TEXT, { width: 50, height: 5 }, []), TOP_RIGHT);
});
