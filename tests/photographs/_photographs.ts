/**
 * Photographs of faces with five landmarks each, where fetch_photographs.py has put them into $VEC2FACE_PHOTOGRAPHS; stand-ins
 * that mini makes elsewhere. The landmarks were read off the pictures by eye, to about a hundredth of the head's width.
 */
import { generatedFaces, type Landmarks, locateIdentities, openIdentities, sha256File } from "@/generation/mod.ts";
import {
  type Affine,
  ARC_TEMPLATE,
  encodeJpeg,
  encodePng,
  fromTensor,
  type Pixels,
  type Point,
  warpAffine,
} from "@/images/mod.ts";
import { loadGenerator } from "@/networks/mod.ts";
import { join } from "node:path";

/** A face in a picture. */
export interface Photograph {
  /** Name of the file, without folders; a picture of several people has several names. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly person: number;
  readonly landmarks: Landmarks;
  /** Name of the same picture in another file. */
  readonly copyOf?: string;
  /** Whether the picture was aligned by somebody else, by detected landmarks. */
  readonly aligned?: boolean;
}

const folder = Deno.env.get("VEC2FACE_PHOTOGRAPHS");

/** Whether real photographs are looked at. */
export const real = folder !== undefined && folder !== "";

/** What is looked at, for the names of tests. */
export const pictures: string = real
  ? "photographs"
  : "mini's stand-ins only, as VEC2FACE_PHOTOGRAPHS names no folder of fetch_photographs.py's";

/** File, SHA-256, and for each face in it the person and x, y of eyes, nose, corners of the mouth in pixels. */
const FILES: readonly {
  readonly file: string;
  readonly sha256: string;
  readonly faces: readonly (readonly [person: number, ...coordinates: number[]])[];
  readonly copyOf?: string;
  readonly aligned?: boolean;
}[] = [
  {
    file: "obama.jpg",
    sha256: "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    faces: [[0, 444, 213, 547, 211, 498, 272, 439, 321, 549, 317]],
  },
  {
    file: "obama2.jpg",
    sha256: "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    faces: [[0, 249, 369, 363, 379, 284, 441, 243, 520, 351, 526]],
  },
  {
    file: "obama3.jpg",
    sha256: "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    faces: [[0, 734, 384, 855, 395, 801, 441, 725, 515, 849, 526]],
  },
  { // obama.jpg without its left 419 columns
    file: "obama_partial_face.jpg",
    sha256: "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117",
    faces: [[0, 25, 213, 128, 211, 79, 272, 20, 321, 130, 317]],
    copyOf: "obama.jpg",
  },
  { // obama2.jpg as RGBA
    file: "32bit.png",
    sha256: "44dca895a7d635a4aedddd91a4f37af9a8a5b44e66154282a24645a757b5f627",
    faces: [[0, 249, 369, 363, 379, 284, 441, 243, 520, 351, 526]],
    copyOf: "obama2.jpg",
  },
  {
    file: "biden.jpg",
    sha256: "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    faces: [[1, 531, 322, 650, 347, 613, 407, 517, 461, 628, 476]],
  },
  {
    file: "t1.jpg",
    sha256: "47f682e945b659f93a9e490b9c9c4a2a864abe64dace9e1a2893845ddfd69489",
    faces: [
      [2, 85, 328, 132, 308, 119, 342, 115, 371, 149, 351],
      [3, 290, 212, 320, 194, 302, 230, 311, 244, 341, 232],
      [4, 491, 319, 537, 330, 510, 361, 484, 369, 535, 377],
      [5, 762, 397, 803, 401, 780, 428, 770, 441, 807, 441],
      [6, 914, 117, 943, 115, 920, 152, 931, 167, 959, 168], // nearly in profile
      [7, 1148, 326, 1194, 323, 1171, 349, 1155, 365, 1197, 364],
    ],
  },
  {
    file: "Tom_Hanks_54745.png",
    sha256: "8545da294e8c7c79911169c3915fed8528f1960cd0ed99b92453788ca4275083",
    faces: [[8, 36, 51, 71, 50, 51, 73, 36, 91, 69, 87]],
    aligned: true,
  },
];

function points(coordinates: readonly number[]): Landmarks {
  const [a, b, c, d, e] = [0, 2, 4, 6, 8].map((k): Point => [coordinates[k]!, coordinates[k + 1]!]);
  return [a!, b!, c!, d!, e!];
}

async function fromPackages(folder: string): Promise<Photograph[]> {
  const photographs: Photograph[] = [];
  for (const { file, sha256, faces, ...rest } of FILES) {
    const path = join(folder, file), found = await sha256File(path);
    if (found !== sha256) {
      throw new Error(
        `Cannot use landmarks of ${file}: ${path} has SHA-256 ${found}, they were read off ${sha256}; ` +
          "fetch it with tests/photographs/fetch_photographs.py",
      );
    }
    const bytes = await Deno.readFile(path), [stem, end] = file.split(".");
    for (const [k, [person, ...coordinates]] of faces.entries()) {
      const name = faces.length === 1 ? file : `${stem}-${k + 1}.${end}`;
      photographs.push({ name, bytes, person, landmarks: points(coordinates), ...rest });
    }
  }
  return photographs;
}

/** Three images of each of four people who do not exist, turned, enlarged and moved in wider pictures. */
async function standIns(): Promise<Photograph[]> {
  await using generator = await loadGenerator({ model: "mini" });
  const file = locateIdentities({ model: "mini" });
  using vectors = openIdentities(file, { seed: 3, count: 4, width: generator.vectorSize });
  const recipe = { seed: "3", images: 3, variation: { kind: "sigma", sigmas: [0.3], mix: [1] } } as const;
  const photographs: Photograph[] = [];
  let first: Pixels | undefined;
  for await (const { identity, number, image } of generatedFaces({ recipe, vectors, start: 0, end: 4 }, generator)) {
    const k = 3 * identity + number, angle = 0.12 * (k % 5 - 2), scale = 1.4 + 0.1 * (k % 4);
    const [c, s] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const matrix: Affine = [c, -s, 100 + 9 * k, s, c, 60 + 5 * k];
    const picture = warpAffine(fromTensor(image, 0), matrix, 480, 360, { background: [90, 110, 130] });
    first ??= picture;
    photographs.push({
      ...{ name: `${identity}-${number}.png`, bytes: await encodePng(picture), person: identity },
      landmarks: ARC_TEMPLATE.map(([x, y]) => [c * x - s * y + matrix[2], s * x + c * y + matrix[5]]) as never,
    });
  }
  const { person, landmarks, name } = photographs[0]!;
  const bytes = await encodeJpeg(first!, { quality: 95 });
  return [...photographs, { name: "again.jpg", bytes, person, landmarks, copyOf: name }];
}

/** The pictures. */
export function photographs(): Promise<Photograph[]> {
  return real ? fromPackages(folder!) : standIns();
}
