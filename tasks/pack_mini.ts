/** `deno task pack:mini`: writes trained weights as the bundled `mini` family, half precision. */
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { projectPath } from "./_caller_folder.ts";
import { checkInputs, runTask, say, type TaskSpec, UsageError } from "./_cli.ts";

/** Parts of the family. */
const PARTS = ["recogniser", "generator", "moments", "pose", "magface", "landmarks"] as const;

const SPEC: TaskSpec = {
  name: "pack:mini",
  summary: "Writes trained weights in half precision to data/mini, where every task looks for them.",
  usage: "deno task pack:mini [options]",
  options: [
    { flag: "recogniser", value: "FILE", default: "work/recogniser/recogniser.safetensors", help: "its weights" },
    { flag: "generator", value: "FILE", default: "work/generator/generator.safetensors", help: "its weights" },
    {
      flag: "moments",
      value: "FILE",
      default: "work/generator/id_moments.safetensors",
      help: "Gaussian of identities",
    },
    { flag: "pose", value: "FILE", default: "work/pose/pose.safetensors", help: "pose estimator" },
    { flag: "magface", value: "FILE", default: "work/magface/magface.safetensors", help: "quality estimator" },
    {
      flag: "landmarks",
      value: "FILE",
      default: "work/landmarks/landmarks.safetensors",
      help: "landmark estimator",
    },
    {
      flag: "only",
      value: "LIST",
      default: PARTS.join(","),
      help: `parts to write, of ${PARTS.join(", ")}`,
    },
    { flag: "output", value: "DIR", default: projectPath("data/mini"), help: "folder of the bundled family" },
  ],
  examples: ["deno task pack:mini", "deno task pack:mini --only pose,magface"],
};

/** What stands in every file's metadata beside the recipe of its training. */
const ORIGIN = {
  licence: "MIT",
  data: "rendered heads of ICT-FaceKit (MIT, https://github.com/ICT-VGL/ICT-FaceKit); no photograph of a person",
};

function unknown(name: string): never {
  throw new UsageError(`--only: found "${name}", expected parts of ${PARTS.join(", ")}`);
}

if (import.meta.main) {
  await runTask(SPEC, async (args) => {
    const folder = args.text("output");
    const only = args.text("only").split(",").map((name) =>
      PARTS.find((part) => part === name.trim()) ?? unknown(name)
    );
    // All are opened before one is written, so that the family in the folder is never half of another.
    const files = await checkInputs(() =>
      only.map((part) => [part, openWeights(args.text(part), { root: "" })] as const)
    );
    await checkInputs(() => Deno.mkdir(folder, { recursive: true }));
    for (const [part, file] of files) {
      const tensors = [...file.tensors.values()].map(({ name, shape }) => {
        return { name, shape, dtype: "float16" as const, data: file.readFloat32(name) };
      });
      const path = `${folder}/${part === "moments" ? "id_moments" : part}.safetensors`;
      writeSafetensors(path, tensors, { ...file.metadata.values as Record<string, string>, ...ORIGIN });
      say(`${path} ${(await Deno.stat(path)).size} bytes`);
    }
  });
}
