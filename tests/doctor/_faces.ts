/**
 * Made-up data sets for the doctor, with defects in known places: an identity is a pattern of 4 x 4 tiles, its images are the
 * pattern with noise, and the recogniser looks at the tiles.
 */
import { openFolderWriter } from "@/datasets/mod.ts";
import type { PoseJudge, QualityJudge } from "@/evaluation/mod.ts";
import { encodePng, type Pixels } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** Height and width of an image, tiles on each side. */
const SIZE = 32, TILES = 4;
/** Width of a feature: a number for each colour of each tile. */
export const WIDTH = 3 * TILES * TILES;

/** An image to be made. */
export interface Face {
  /** Folder. */
  readonly label: number;
  /** Whose pattern it shows. */
  readonly person: number;
  /** Which image of that person. */
  readonly image: number;
}

/** Image `image` of a person. */
export function face(person: number, image: number): Pixels {
  const pattern = new RandomStream(1, "pattern", person), noise = new RandomStream(2, "noise", person, image);
  const tiles = Array.from({ length: WIDTH }, () => 128 + 40 * pattern.normal() + 14 * noise.normal());
  const data = new Uint8Array(3 * SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const tile = Math.floor(y * TILES / SIZE) * TILES + Math.floor(x * TILES / SIZE);
      for (let c = 0; c < 3; c++) {
        data[3 * (y * SIZE + x) + c] = Math.max(0, Math.min(255, Math.round(tiles[3 * tile + c]!)));
      }
    }
  }
  return { width: SIZE, height: SIZE, data };
}

/** Looks at the tiles. */
export const recogniser = {
  vectorSize: WIDTH,
  imageSize: SIZE,
  embed(images: Float32Array, count: number): Promise<Float32Array> {
    const out = new Float32Array(count * WIDTH), plane = SIZE * SIZE, step = SIZE / TILES;
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < WIDTH; k++) {
        const tile = Math.floor(k / 3), y = Math.floor(tile / TILES) * step + 1, x = tile % TILES * step + 1;
        out[i * WIDTH + k] = images[(3 * i + k % 3) * plane + y * SIZE + x]!;
      }
    }
    return Promise.resolve(out);
  },
};

/** Takes the first two tiles for yaw and pitch. */
export const pose: PoseJudge = {
  imageSize: SIZE,
  estimate(images, count) {
    const at = (i: number, x: number) => 60 * images[3 * i * SIZE * SIZE + x]!;
    const column = (x: number) => Float32Array.from({ length: count }, (_, i) => at(i, x));
    return Promise.resolve({ yaw: column(1), pitch: column(9), roll: column(17) });
  },
};

/** Takes the last tile for quality. */
export const quality: QualityJudge = {
  imageSize: SIZE,
  estimate: (images, count) =>
    Promise.resolve(
      Float32Array.from({ length: count }, (_, i) => 22 + 4 * images[(3 * i + 1) * SIZE * SIZE - 1]!),
    ),
};

/** Identities 0 to 19 with six images each. */
export const CLEAN: readonly Face[] = Array.from({ length: 120 }, (_, i) => ({
  ...{ label: Math.floor(i / 6), person: Math.floor(i / 6), image: i % 6 },
}));

/**
 * The same with defects: 000003/002 shows person 8; 000012 is person 11 again; 000005/004 is 000005/001 again; 000019 has one
 * image; 000007/003 is no image.
 */
export const DEFECTS: readonly Face[] = CLEAN.flatMap((each, i) => {
  if (i === 20) return [{ ...each, person: 8, image: 50 }];
  if (each.label === 12) return [{ ...each, person: 11, image: 20 + each.image }];
  if (i === 34) return [{ ...each, image: 1 }];
  return i > 114 ? [] : [each];
});

/** Writes faces as a folder, and bytes that are no image in place of `broken`. */
export async function writeFaces(dir: string, faces: readonly Face[], broken?: string): Promise<string> {
  {
    await using writer = await openFolderWriter(dir, { extension: "auto" });
    const places = new Map<number, number>();
    for (const { label, person, image } of faces) {
      const place = places.get(label) ?? 0;
      places.set(label, place + 1);
      await writer.write({ label, image: place, bytes: await encodePng(face(person, image)) });
    }
  }
  if (broken !== undefined) await Deno.writeTextFile(`${dir}/${broken}`, "no image");
  return dir;
}
