import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { keyPin } from '#libs/grpc/caller.ts';
import type { GrpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import type { CallerLimits } from '#libs/grpc/known-callers.ts';
import type { GrpcServerOptions } from '#libs/grpc/server.ts';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import { FileExposedError } from '#libs/key-files/private-path.ts';
import type { Logger } from '#libs/log/logger.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { StatementWords } from '#libs/protocols/statement-words.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import { CustodyError } from '../words/errors.ts';
import {
  CALLS_PER_CONNECTION_MAX,
  CONNECTIONS_PER_KEY_MAX,
  REQUEST_BYTES_MAX,
  REQUEST_MS_MAX,
} from '../words/limits.ts';
import { ClientGate } from './client-gate.ts';
import { votersOfConsensus } from './client-matrix.ts';
import { type ClientSource, clientFile, namedClient } from './client-source.ts';
import { signerService } from './grpc-handlers.ts';
import type { SignerMeter } from './signer-metrics.ts';

export interface EdgeOptions {
  readonly api: SignerApi;
  readonly listen: string;
  /** Paths of PEM files. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly clientName: string;
  /** Paths of the certificates whose keys may ask; two while one is renewed. */
  readonly clientCertificates: readonly string[];
  /** Path of the client matrix; without it the name and the certificates decide. */
  readonly clientsFile: string | undefined;
  /** Protocol that the key was bound with. */
  readonly protocol: string;
  /** The protocols whose statements the core may be asked for. */
  readonly words: StatementWords;
  readonly meter: SignerMeter;
  readonly metrics: GrpcMetrics;
  /** Left out: no spans. */
  readonly tracer?: Tracer | undefined;
  readonly log: Logger;
}

const { fullName, methods } = SignerServiceDefinition;

/**
 * Calls for no statement of consensus: the operator and the supervisor of a member borrow consensus'
 * certificate for them.
 */
const SHARED = [methods.getSigner, methods.signMembershipVote].map(({ name }) => `/${fullName}/${name}`);

const CALLERS: CallerLimits = {
  messageBytesMax: REQUEST_BYTES_MAX,
  callsPerConnectionMax: CALLS_PER_CONNECTION_MAX,
  connectionsPerKeyMax: CONNECTIONS_PER_KEY_MAX,
  isShared: (path) => SHARED.includes(path) || !path.startsWith(`/${fullName}/`),
  requestMsMax: REQUEST_MS_MAX,
};

/** The server that faces the network: mutual TLS, the clients by their keys, and the API in front of the core. */
export async function edgeServer(options: EdgeOptions): Promise<GrpcServerOptions> {
  const { api, listen, tls, protocol, words, meter, metrics, tracer, log } = options;
  const [ca, certificate, key] = [await readPem(tls.ca), await readPem(tls.certificate), readKey(tls.key)];
  const nowMs = (): number => performance.now();
  const clients = clientsOf(options, nowMs);
  const gate = new ClientGate({ clients, protocol, words, nowMs, wallMs: () => Date.now() });
  return {
    address: listen,
    tls: { ca, certificate, key, requireClientCertificate: true, keyExchange: 'hybrid' },
    services: [signerService({ api, gate, meter, log })],
    callers: CALLERS,
    metrics,
    tracer,
    log,
  };
}

function clientsOf(options: EdgeOptions, nowMs: () => number): ClientSource {
  const { clientsFile, clientName, clientCertificates, protocol, words, log } = options;
  if (clientsFile !== undefined) return noted(clientFile({ path: clientsFile, words, log, nowMs }), log);
  if (clientCertificates.length === 0) {
    log.warn('no client certificate is pinned: any of the authority with the right name may ask', {
      client_name: clientName,
    });
  }
  const readPins = (): readonly string[] => clientCertificates.map(pinOfFile);
  return namedClient({ commonName: clientName, protocol, words, readPins });
}

/** Warns of permissions that the operator may not have meant: older matrices were written with all operations. */
function noted(source: ClientSource, log: Logger): ClientSource {
  for (const client of votersOfConsensus(source.matrix())) {
    log.warn('a client of consensus may vote for changes of the members', { client });
  }
  return source;
}

function pinOfFile(path: string): string {
  try {
    return keyPin(readFileSync(path));
  } catch (cause) {
    throw new CustodyError(
      `${path} cannot be read as a certificate in PEM`,
      { code: 'CUSTODY_FILE_UNREADABLE', path },
      { cause },
    );
  }
}

function readKey(path: string): Buffer {
  try {
    return readTlsKey(path);
  } catch (cause) {
    if (cause instanceof FileExposedError) throw cause;
    throw new CustodyError(`${path} cannot be read`, { code: 'CUSTODY_FILE_UNREADABLE', path }, { cause });
  }
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CustodyError(`${path} cannot be read`, { code: 'CUSTODY_FILE_UNREADABLE', path }, { cause });
  }
}
