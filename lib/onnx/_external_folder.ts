/** One folder from which all weight files of a model can be reached, as ONNX Runtime wants them. */
import { dirname, parse, relative, sep } from "node:path";

/** A folder and the way from there to each file. */
export interface ExternalFolder {
  /** Absolute path, links resolved. */
  readonly folder: string;
  /** Path from the folder to the file, with forward slashes, by the location written in the model. */
  readonly locations: ReadonlyMap<string, string>;
}

/**
 * Finds the deepest folder that holds all files.
 *
 * Links are resolved first: the runtime refuses files that lie outside the folder once links are followed, as those of the
 * Hugging Face cache would.
 *
 * @param files Paths by the location written in the model.
 * @throws {TypeError} If the files lie on different drives.
 */
export async function externalFolder(files: ReadonlyMap<string, string>): Promise<ExternalFolder> {
  const real = new Map<string, string>();
  for (const [location, file] of files) {
    try {
      real.set(location, await Deno.realPath(file));
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Deno.errors.NotFound(`Cannot load the model: its weight file "${file}" is not there`, { cause });
    }
  }
  const paths = [...real.values()];
  let folder = dirname(paths[0]!);
  const { root } = parse(folder);
  const holds = (path: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  while (!paths.every(holds)) {
    if (folder === root) {
      throw new TypeError(
        `Cannot load the model: its weight files "${paths.join('", "')}" lie on different drives; copy them to one`,
      );
    }
    folder = dirname(folder);
  }
  return {
    folder,
    locations: new Map([...real].map(([location, path]) => [location, relative(folder, path).replaceAll(sep, "/")])),
  };
}
