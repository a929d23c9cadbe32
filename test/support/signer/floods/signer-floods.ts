import { randomFillSync } from 'node:crypto';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { Phase, QuorumCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  type Scope,
  type SignRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { type SignerClient, signerClient } from '../signer-home.ts';

/** A flooder's knowledge of the signer: all that the honest client knows. */
export interface FloodTarget {
  readonly address: string;
  readonly tls: ClientTls;
  readonly scope: Scope;
  /** A statement that was signed, and one of a view that is over. */
  readonly signed: SignRequest;
  readonly stale: SignRequest;
  readonly signatureBytes: number;
}

/** Does one piece of harm; `count` is told how often. Ends with `signal`. */
export type Flood = (target: FloodTarget, count: () => void, signal: AbortSignal) => Promise<void>;

const LANES = 8;
const CHUNK_BYTES = 64 * 1024;
/** The longest certificate that a signer of four members accepts. */
const FULL_BYTES = 1024 * 1024 - CHUNK_BYTES;
const BOMB_BYTES = 64 * 1024 * 1024;
const CRUMBS = 100_000;
const SLOW_MS = 100;

export const SIGNER_FLOODS = {
  duplicates: asking((client, { signed }) => client.sign(signed)),
  stale: asking((client, { stale }) => client.sign(stale)),
  'false certificates': asking((client, target) => put(client, target, falseCertificate(target))),
  'certificates of full size': asking((client, target) => put(client, target, junk())),
  'slow streams': asking(dawdle),
  'crumbs of frames': raw((session, count) => crumbs(session, count)),
  'gzip bombs': raw((session, count) => bomb(session, count)),
} as const satisfies Record<string, Flood>;

export type SignerFlood = keyof typeof SIGNER_FLOODS;

/** Keeps as many calls open as a connection may have, and repeats each as soon as it ends, with any result. */
function asking(
  ask: (client: SignerClient, target: FloodTarget, count: () => void) => Promise<unknown>,
): Flood {
  return async (target, count, signal) => {
    const client = signerClient(target.address, target.tls);
    const lane = async (): Promise<void> => {
      while (!signal.aborted) {
        await ask(client, target, count).catch(() => undefined);
        count();
      }
    };
    signal.addEventListener('abort', () => client.close());
    await Promise.all(Array.from({ length: LANES }, lane));
  };
}

/** A flood on connections of its own, one after the other, as the server ends them. */
function raw(harm: (session: ClientHttp2Session, count: () => void) => Promise<void>): Flood {
  return async ({ address, tls }, count, signal) => {
    while (!signal.aborted) {
      const { ca, certificate: cert, key } = tls;
      const session = connect(`https://${address}`, { ca, cert, key, servername: 'localhost' });
      session.on('error', () => undefined);
      const end = (): void => session.destroy();
      signal.addEventListener('abort', end);
      while (!session.destroyed && !signal.aborted) await harm(session, count);
      end();
      signal.removeEventListener('abort', end);
    }
  };
}

async function put(client: SignerClient, { scope }: FloodTarget, content: Uint8Array): Promise<void> {
  const call = client.putCertificate({ deadlineMs: 120_000 });
  for (let start = 0; start < content.length; start += CHUNK_BYTES) {
    const chunk = content.subarray(start, start + CHUNK_BYTES);
    if (!call.send({ kind: CertificateKind.QUORUM, chunk, scope })) await call.writable();
  }
  call.end();
  for await (const _ of call.responses) return;
}

/** A certificate of the right shape, with signatures of the right length, never the same twice. */
function falseCertificate({ signatureBytes }: FloodTarget): Uint8Array {
  const signatures = [1, 2, 3].map((member) => ({
    member,
    signature: randomFillSync(new Uint8Array(signatureBytes)),
  }));
  const blockDigest = randomFillSync(new Uint8Array(32));
  const about = { view: 5n, height: 1n, blockDigest, signatures };
  return QuorumCertificate.encode({ phase: Phase.PREPARE, kind: '', instance: 0n, ...about }).finish();
}

function junk(): Uint8Array {
  return randomFillSync(new Uint8Array(FULL_BYTES));
}

/** Each piece of a stream that goes on is one of harm. */
async function dawdle(client: SignerClient, { scope }: FloodTarget, count: () => void): Promise<void> {
  const call = client.putCertificate({ deadlineMs: 60_000 });
  for (;;) {
    await call.writable();
    call.send({ kind: CertificateKind.QUORUM, chunk: Buffer.of(8), scope });
    count();
    await sleep(SLOW_MS);
  }
}

function open(session: ClientHttp2Session, headers: Record<string, string> = {}) {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/btcfed.signer.v1.SignerService/Sign',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  stream.resume();
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  return { stream, closed };
}

async function crumbs(session: ClientHttp2Session, count: () => void): Promise<void> {
  const { stream, closed } = open(session);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(CRUMBS, 1);
  stream.write(head);
  for (let sent = 0; sent < CRUMBS && !stream.closed && !stream.destroyed; sent++) {
    await new Promise<void>((resolve) => stream.write(Buffer.of(0), () => resolve()));
    if (sent % 64 === 0) count();
  }
  stream.close();
  await closed;
}

const PACKED = gzipSync(Buffer.alloc(BOMB_BYTES));

async function bomb(session: ClientHttp2Session, count: () => void): Promise<void> {
  const { stream, closed } = open(session, { 'grpc-encoding': 'gzip' });
  const head = Buffer.alloc(5);
  head.writeUInt8(1);
  head.writeUInt32BE(PACKED.length, 1);
  stream.end(Buffer.concat([head, PACKED]));
  await closed;
  count();
}
