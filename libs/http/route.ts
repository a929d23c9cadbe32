/** A JSON Schema, as the server checks bodies by it and shows it in /openapi.json. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The caller of a request. */
export interface HttpCaller {
  /** The Ed25519 key that its certificate shows and its TLS proves; undefined: it shows none. */
  readonly publicKey: Uint8Array | undefined;
  readonly address: string;
}

export interface HttpRequest {
  readonly caller: HttpCaller;
  /** As the schema of the route has it; undefined where the route takes none. */
  readonly body: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One thing that a server does. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** One sentence for /openapi.json. */
  readonly summary: string;
  /** Of the body; left out: the route takes none. */
  readonly schema?: JsonSchema;
  /** Looks at the caller before anything of the body is read; left out: anybody may ask. @throws HttpError for one that may not. */
  readonly admit?: (caller: HttpCaller) => void;
  /** @throws HttpError for a request that is refused. */
  readonly handle: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
}
