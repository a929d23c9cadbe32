import type { Server } from 'node:https';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { httpCallerOf, nameOfCaller } from './caller.ts';
import { HttpFault } from './http-error.ts';
import type { HttpMetrics } from './http-metrics.ts';
import {
  BODY_BYTES_MAX,
  HANDSHAKE_MS,
  HEADERS_MS,
  HTTP_CONNECTIONS_MAX,
  IDLE_MS,
  REQUEST_MS,
  RETRY_AFTER_S,
} from './limits.ts';
import { httpRefusalOf, TOO_MANY, UNKNOWN_ROUTE } from './refusals.ts';
import { RequestsUnderWay } from './requests-under-way.ts';
import type { HttpRoute } from './route.ts';

export interface HttpsServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly certificate: CertifiedKey;
  /** Title and version of /openapi.json. */
  readonly info: { readonly title: string; readonly version: string };
  readonly routes: readonly HttpRoute[];
  /** Told of a fault of ours behind an answer 500. */
  readonly onFault: (error: unknown) => void;
  readonly metrics: HttpMetrics;
}

type App = FastifyInstance<Server>;

/**
 * An HTTPS server of JSON. Callers may show certificates; those need no authority, for a caller is known by the key that its TLS proves.
 * Which keys may do what is for the routes to say.
 */
export class HttpsServer implements Lifecycle {
  readonly #options: HttpsServerOptions;
  readonly #underWay = new RequestsUnderWay();
  readonly #app: App;

  constructor(options: HttpsServerOptions) {
    this.#options = options;
    this.#app = newApp(options.certificate);
    this.#app.server.maxConnections = HTTP_CONNECTIONS_MAX;
  }

  /** @throws HttpFault HTTP_CANNOT_LISTEN, with what to do. */
  async start(): Promise<void> {
    const { info, listen, routes } = this.#options;
    await this.#app.register(swagger, { openapi: { info: { ...info } } });
    this.#limit();
    this.#refuse();
    await this.#app.register(async (app) => {
      for (const route of routes) addRoute(app, route);
    });
    this.#app.get('/openapi.json', { schema: { hide: true } }, () => this.#app.swagger());
    try {
      await this.#app.listen({ ...listen });
    } catch (cause) {
      const message = `cannot listen at https://${listen.host}:${listen.port} (${String(cause)}): stop the other program, or name another address in network.addresses of conf.yaml`;
      throw new HttpFault(message, { code: 'HTTP_CANNOT_LISTEN' }, { cause });
    }
  }

  async stop(): Promise<void> {
    this.#app.server.closeAllConnections();
    await this.#app.close();
  }

  /** Where it listens: the port that the system chose, where 0 was asked for. */
  get port(): number {
    const address = this.#app.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #limit(): void {
    const counted = new WeakSet<FastifyRequest>();
    this.#app.addHook('onRequest', async (request, reply) => {
      if (this.#underWay.begin(nameOfCaller(request))) counted.add(request);
      else await reply.code(429).header('retry-after', String(RETRY_AFTER_S)).send(TOO_MANY);
    });
    const ended = (request: FastifyRequest): void => {
      if (counted.delete(request)) this.#underWay.end(nameOfCaller(request));
    };
    this.#app.addHook('onResponse', async (request, reply) => {
      ended(request);
      this.#options.metrics.ended(request.routeOptions.url ?? 'other', reply.statusCode);
    });
    this.#app.addHook('onRequestAbort', async (request) => ended(request));
  }

  #refuse(): void {
    this.#app.setNotFoundHandler((_request, reply) => reply.code(404).send(UNKNOWN_ROUTE));
    this.#app.setErrorHandler((error, _request, reply) => {
      const { status, ...body } = httpRefusalOf(error);
      if (status === 500) this.#options.onFault(error);
      if (status === 429) reply.header('retry-after', String(RETRY_AFTER_S));
      return reply.code(status).send(body);
    });
  }
}

function newApp({ certificate, key }: CertifiedKey): App {
  return fastify({
    https: {
      key,
      cert: certificate,
      minVersion: 'TLSv1.3',
      requestCert: true,
      // No authority signs keys that are known: `peerKeyOf` reads the proven key.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
      headersTimeout: HEADERS_MS,
    },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    forceCloseConnections: true,
    logger: false,
    // Nothing of a body is changed before its route sees it.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, strict: true } },
  });
}

function addRoute(app: FastifyInstance, { method, path, summary, schema, admit, handle }: HttpRoute): void {
  app.route({
    method,
    url: path,
    onRequest: async (request) => admit?.(httpCallerOf(request)),
    schema: { summary, ...(schema === undefined ? {} : { body: schema }) },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { status, body } = await handle({
        caller: httpCallerOf(request),
        body: request.body ?? undefined,
      });
      if (status === 429) reply.header('retry-after', String(RETRY_AFTER_S));
      return reply.code(status).send(body);
    },
  });
}
