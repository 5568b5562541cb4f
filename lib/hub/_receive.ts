/** One connection's worth of a file. */

import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";
import { IdleWatch } from "./_idle_watch.ts";
import type { PartFile } from "./_part_file.ts";
import { nameOf, type RemoteFile } from "./remote_file.ts";
import { connected, send } from "./_request.ts";

/** What comes in. */
export interface ReceiveEvents {
  /** Bytes that have just been added. */
  readonly onBytes: (count: number) => void;
  /** Data beyond which a new connection is worth all tries again. */
  readonly progressed: () => void;
}

/** Bytes of one connection that count as progress. */
const PROGRESS = 65_536;

/**
 * Asks for what the part lacks and adds what comes, never more than the Hub has announced.
 *
 * A server that sends the whole file although a range was asked for makes the part start anew, once it is clear that
 * this is the file and not, say, a proxy's page. A connection that breaks leaves what came in the part.
 *
 * @throws {HubError} "network" if less came than announced; "content" if another length is announced or more comes.
 */
export async function receive(
  remote: RemoteFile,
  part: PartFile,
  hub: HubOptions,
  { onBytes, progressed }: ReceiveEvents,
): Promise<void> {
  const what = nameOf(remote);
  using watch = new IdleWatch(what, hub.settings.idleSeconds, hub.signal);
  const asked = part.length;
  const response = await send(remote.url, what, hub, watch, {
    headers: asked > 0 ? { range: `bytes=${asked}-` } : {},
    accept: [416],
  });
  const reader = response.body?.getReader();
  try {
    if (response.status === 416) {
      await part.restart();
      throw new HubError(
        "network",
        `Cannot continue ${what}: the server has no more than ${asked} bytes; starting anew`,
      );
    }
    const start = startOf(response, asked, remote, what);
    if (start !== asked) await part.restart();
    let received = 0;
    while (reader !== undefined) {
      const { value, done } = await connected(what, new URL(remote.url).host, watch, () => reader.read());
      if (done) break;
      watch.touch();
      if (part.length + value.length > remote.size) {
        await part.restart();
        throw new HubError(
          "content",
          `Cannot fetch ${what}: more has come than the announced ${remote.size} bytes; nothing is kept of it; check ` +
            "HF_ENDPOINT and the proxy",
        );
      }
      await part.append(value);
      onBytes(value.length);
      received += value.length;
      if (received >= PROGRESS) progressed();
    }
  } finally {
    await reader?.cancel().catch(() => {}); // a broken stream cannot be cancelled, and need not
  }
  if (part.length < remote.size) {
    throw new HubError(
      "network",
      `Cannot fetch ${what}: the connection ended after ${part.length} of ${remote.size} bytes; run the same again: ` +
        "what has come is kept",
    );
  }
}

/** Where the answer's bytes begin: at what was asked for, or at 0 if the server ignores ranges. */
function startOf(response: Response, asked: number, { size }: RemoteFile, what: string): number {
  const { status, headers } = response;
  const refuse = (found: string): never => {
    const type = headers.get("content-type");
    throw new HubError(
      "content",
      `Cannot fetch ${what}: expected ${size} bytes in all, the server announces ${found}` +
        `${type === null ? "" : ` of ${type.slice(0, 80)}`}; a proxy or a login page may be in between: check ` +
        "HF_ENDPOINT and the network; what had come before is kept",
    );
  };
  let start = 0;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    start = Number(range?.[1]);
    if (range === null || start !== asked || (range[2] !== "*" && Number(range[2]) !== size)) {
      refuse(`the part "${(headers.get("content-range") ?? "").slice(0, 80)}" where "bytes ${asked}-" was asked for`);
    }
  } else if (status !== 200) refuse(`status ${status}`);
  const length = headers.get("content-length");
  const plain = (headers.get("content-encoding") ?? "identity") === "identity";
  if (length !== null && plain && Number(length) !== size - start) refuse(`${start} + ${length} bytes`);
  return start;
}
