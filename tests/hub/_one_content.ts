/** The network as a function: a Hub in which every file of every repository has the same content. */
import { createHash } from "node:crypto";

/** What {@link oneContentHub} gives. */
export interface OneContentHub {
  /** In place of the network. */
  readonly fetch: typeof fetch;
  /** Paths that were described, in order. */
  readonly asked: string[];
}

/** A Hub whose files all hold these bytes. */
export function oneContentHub(content: Uint8Array<ArrayBuffer>): OneContentHub {
  const asked: string[] = [], oid = createHash("sha256").update(content).digest("hex");
  return {
    asked,
    fetch: (input, init) => {
      const url = String(input);
      if (url.includes("/revision/")) return Promise.resolve(Response.json({ sha: "c".repeat(40) }));
      if (!url.includes("/paths-info/")) return Promise.resolve(new Response(content));
      const { paths } = JSON.parse(init?.body as string) as { paths: string[] };
      asked.push(...paths);
      const lfs = { oid, size: content.length };
      return Promise.resolve(
        Response.json(paths.map((path) => ({ type: "file", path, size: content.length, oid: "1", lfs }))),
      );
    },
  };
}
