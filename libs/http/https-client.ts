import { Agent, type RequestOptions, request } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import { HttpFault } from './http-error.ts';
import { BODY_BYTES_MAX, HANDSHAKE_MS, IDLE_MS } from './limits.ts';
import { peerKeyOf } from './own-certificate.ts';

export interface HttpsClientOptions {
  readonly host: string;
  readonly port: number;
  /** The Ed25519 key that the server must prove. */
  readonly serverKey: Uint8Array;
  readonly certificate: CertifiedKey;
  /** Connections at a time. */
  readonly connectionsMax: number;
}

export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

/** The way to one server that is known by its key: connections are kept, and nothing is written to one before its key is proved. */
export class HttpsClient {
  readonly #options: HttpsClientOptions;
  readonly #agent: Agent;

  constructor(options: HttpsClientOptions) {
    this.#options = options;
    this.#agent = new KnownServerAgent(options);
  }

  /**
   * @param json - The body, at most BODY_BYTES_MAX bytes.
   * @param timeoutMs - From now to the end of the answer.
   * @throws HttpFault, or the error of the connection.
   */
  post(path: string, json: string, timeoutMs: number): Promise<PostAnswer> {
    const { host, port } = this.#options;
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { agent: this.#agent, host, port, path, method: 'POST', headers, signal };
    return new Promise((resolve, reject) => {
      const call = request(options, (response) => {
        let sizeBytes = 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length;
          if (sizeBytes > BODY_BYTES_MAX) call.destroy(tooLarge(path));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(json);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Hands a connection out once the server has proved its key. */
class KnownServerAgent extends Agent {
  readonly #known: HttpsClientOptions;

  constructor(known: HttpsClientOptions) {
    super({ keepAlive: true, maxSockets: known.connectionsMax, timeout: IDLE_MS, maxCachedSessions: 0 });
    this.#known = known;
  }

  override createConnection(
    _options: RequestOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host, port, serverKey, certificate } = this.#known;
    const socket = connect({
      host,
      port,
      key: certificate.key,
      cert: certificate.certificate,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // No authority signs keys that are known: the key is compared before anything is written.
      rejectUnauthorized: false,
      timeout: HANDSHAKE_MS,
    });
    const failed = (error: Error): void => {
      socket.destroy();
      done?.(error, socket);
    };
    socket.once('error', failed);
    socket.once('timeout', () => failed(unreachable(host, port)));
    socket.once('secureConnect', () => {
      socket.removeAllListeners('timeout').setTimeout(0).off('error', failed);
      const key = peerKeyOf(socket);
      if (key !== undefined && equalBytes(key, serverKey)) done?.(null, socket);
      else failed(wrongPeer(host, port));
    });
  }
}

function tooLarge(path: string): HttpFault {
  return new HttpFault(`the answer to ${path} is larger than ${BODY_BYTES_MAX} bytes`, {
    code: 'HTTP_ANSWER_TOO_LARGE',
  });
}

function unreachable(host: string, port: number): HttpFault {
  return new HttpFault(`no handshake with ${host}:${port} within ${HANDSHAKE_MS / 1_000} s`, {
    code: 'HTTP_UNREACHABLE',
  });
}

function wrongPeer(host: string, port: number): HttpFault {
  const message = `${host}:${port} has another key than the member that is expected there: correct its address in peers.yaml`;
  return new HttpFault(message, { code: 'HTTP_WRONG_PEER' });
}
