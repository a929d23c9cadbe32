import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import { type GrpcClient, grpcClient } from '#libs/grpc/client.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { type Authority, createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import type { SignerConfig } from '#services/signer/config.ts';
import { killed } from '#test/support/programs/processes.ts';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { within } from '#test/support/within.ts';
import { SignerPeers } from './signer-peers.ts';

export type SignerClient = GrpcClient<typeof SignerServiceDefinition>;

/** The program itself. */
export const SIGNER_MAIN = fileURLToPath(new URL('../../../services/signer/main.ts', import.meta.url));
const CERTIFICATE_DAYS = 2;
const CALL_DEADLINE_MS = 120_000;
const START_MS_MAX = 300_000;

export const TEST_CHAIN: Digest = toDigest('c'.repeat(64));

/** A signer's files in a folder of their own, as `btcfed init` makes them. */
export interface SignerHome extends AsyncDisposable {
  /** The folder of everything; a test may add files. */
  readonly root: string;
  readonly authority: Authority;
  readonly publicKey: Uint8Array;
  readonly config: SignerConfig;
  /** The other three members of its federation, who sign any statement of a test. */
  readonly others: SignerPeers;
}

/**
 * @param membersMin - How few members its genesis allows; left out: as of a record that does not know.
 * @param protocol - That of its genesis.
 */
export async function signerHome(
  scheme: string,
  membersMin?: number,
  protocol = 'hotstuff',
): Promise<SignerHome> {
  const root = await mkdtemp(join(tmpdir(), 'btcfed-signer-'));
  const folder = join(root, 'signer');
  const tls = join(root, 'tls');
  await mkdir(tls);
  const authority = createAuthority('test member', CERTIFICATE_DAYS);
  const { certificate, key } = issueCertificate(authority, {
    commonName: 'signer',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
    days: CERTIFICATE_DAYS,
  });
  await writeFile(join(tls, 'ca.crt'), authority.certificate);
  await writeFile(join(tls, 'signer.crt'), certificate);
  await writeFile(join(tls, 'signer.key'), key, { mode: 0o600 });
  const publicKey = await createSignerKey({ folder, scheme });
  const others = await SignerPeers.create(scheme, TEST_CHAIN);
  await bindSigner({
    protocol,
    folder,
    chainDigest: TEST_CHAIN,
    first: { ...others.firstEpoch(publicKey), membersMin },
  });
  return {
    root,
    authority,
    publicKey,
    others,
    config: {
      SIGNER_LISTEN: '127.0.0.1:0',
      SIGNER_FOLDER: folder,
      SIGNER_TLS_CA: join(tls, 'ca.crt'),
      SIGNER_TLS_CERT: join(tls, 'signer.crt'),
      SIGNER_TLS_KEY: join(tls, 'signer.key'),
      SIGNER_CLIENT_NAME: 'consensus',
      SIGNER_CLIENT_CERTS: [],
      SIGNER_PROTOCOL: protocol,
      SIGNER_BACKEND: 'auto',
      SIGNER_SIGNING: 'hedged',
      SIGNER_NICENESS: 0,
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

export interface ClientIdentity {
  readonly commonName?: string;
  /** The issuer of the client's certificate; the signer's own authority when left out. */
  readonly issuer?: Authority;
  readonly usage?: 'server' | 'client';
}

/** The TLS files of a client that trusts the signer of this home. */
export function clientTls({ authority }: SignerHome, identity: ClientIdentity = {}): ClientTls {
  const { commonName = 'consensus', issuer = authority, usage = 'client' } = identity;
  const { certificate, key } = issueCertificate(issuer, {
    commonName,
    dnsNames: [],
    ipAddresses: [],
    usage,
    days: CERTIFICATE_DAYS,
  });
  return {
    ca: Buffer.from(authority.certificate),
    certificate: Buffer.from(certificate),
    key: Buffer.from(key),
  };
}

/** The certificate that a client shows, as a file to pin it by. @returns its path. */
export async function writeClientCertificate(
  { root }: SignerHome,
  { certificate }: ClientTls,
): Promise<string> {
  const path = join(root, 'client.crt');
  await writeFile(path, certificate ?? '');
  return path;
}

export function signerClient(address: string, tls: ClientTls): SignerClient {
  return grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: CALL_DEADLINE_MS });
}

/** A signer as a process of its own. */
export interface SignerProcess {
  readonly child: ChildProcess;
  readonly address: string;
}

/** Settings as a process gets them. */
export function environmentOf(config: SignerConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)]));
}

/** Starts the real program and waits until it serves. */
export async function spawnSigner({ config }: SignerHome): Promise<SignerProcess> {
  const child = spawn(process.execPath, [SIGNER_MAIN], {
    env: { ...COMPILE_CACHE, ...environmentOf(config) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const serves = new Promise<SignerProcess>((resolve, reject) => {
    let address = '';
    lines.on('line', (line) => {
      const { message, address: bound } = JSON.parse(line);
      address = bound ?? address;
      if (message === 'service started') resolve({ child, address });
    });
    child.once('exit', (code) => reject(new Error(`the signer ended before it served, with code ${code}`)));
  });
  try {
    return await within('the signer to serve', serves, START_MS_MAX);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** `kill -9`, and waits until the process is gone. */
export function killSigner({ child }: SignerProcess): Promise<void> {
  return killed(child);
}
