/** A web server on 127.0.0.1 that says exactly what it is told, also what no good server would: HTTP/1.1 by hand. */

/** What was asked. */
export interface FakeRequest {
  readonly method: string;
  /** Path with the query, still encoded. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What is answered. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Bytes of the body after which the connection is cut. */
  readonly cutAfter?: number;
  /** Bytes of the body after which nothing more comes, while the connection stays open. */
  readonly stallAfter?: number;
}

const ENCODER = new TextEncoder();

/** The server. */
export class FakeServer implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #answer: (request: FakeRequest) => FakeAnswer;
  readonly #done: Promise<void>;

  constructor(answer: (request: FakeRequest) => FakeAnswer) {
    this.#answer = answer;
    this.#done = this.#serve();
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #serve(): Promise<void> {
    const talks: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      talks.push(
        this.#talk(connection).catch(() => {}) // the other side may leave at any time
          .finally(() => this.#close(connection)),
      );
    }
    await Promise.all(talks);
  }

  #close(connection: Deno.Conn): void {
    if (this.#connections.delete(connection)) connection.close();
  }

  async #talk(connection: Deno.Conn): Promise<void> {
    const request = await readRequest(connection);
    if (request === undefined) return;
    this.requests.push(request);
    const { status = 200, headers = {}, body = "", cutAfter, stallAfter } = this.#answer(request);
    const bytes = typeof body === "string" ? ENCODER.encode(body) : body;
    const lines = [
      `HTTP/1.1 ${status} Said`,
      ...Object.entries({ "content-length": String(bytes.length), ...headers, connection: "close" })
        .filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`),
    ];
    await writeAll(connection, ENCODER.encode(`${lines.join("\r\n")}\r\n\r\n`));
    if (request.method === "HEAD") return;
    await writeAll(connection, bytes.subarray(0, cutAfter ?? stallAfter));
    if (stallAfter !== undefined) await connection.read(new Uint8Array(1)); // until somebody hangs up
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#connections.forEach((connection) => this.#close(connection));
    await this.#done;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

async function readRequest(connection: Deno.Conn): Promise<FakeRequest | undefined> {
  let text = "";
  const block = new Uint8Array(65_536);
  const read = async () => {
    const count = await connection.read(block);
    if (count !== null) text += new TextDecoder("latin1").decode(block.subarray(0, count));
    return count !== null;
  };
  while (!text.includes("\r\n\r\n")) if (!await read()) return undefined;
  const [head] = text.split("\r\n\r\n", 1) as [string];
  const [first, ...rest] = head.split("\r\n") as [string, ...string[]];
  const headers = new Headers(
    rest.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const [method, path] = first.split(" ") as [string, string];
  const length = Number(headers.get("content-length") ?? 0);
  while (text.length < head.length + 4 + length) if (!await read()) return undefined;
  return { method, path, headers, body: text.slice(head.length + 4) };
}
