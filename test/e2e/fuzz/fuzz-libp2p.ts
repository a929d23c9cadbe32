import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import fc from 'fast-check';
import { createLibp2p, type Libp2p } from 'libp2p';
import { framed, hostileBytes } from './hostile-bytes.ts';

export interface Libp2pFuzzPlan {
  /** Where the gateway listens: a multiaddr with its peer id. */
  readonly address: string;
  /** Seed of the Ed25519 key of the attacker, 32 bytes. */
  readonly seedOfKey: Uint8Array;
  readonly protocols: readonly string[];
  readonly seed: number;
  readonly perProtocol: number;
  /** A payload that the gateway would take. */
  readonly honest: Uint8Array;
}

/** The result: how many streams could be opened, and how many connections that took. */
export interface Libp2pFuzzOutcome {
  readonly streams: number;
  readonly refusals: number;
}

const DIAL_MS = 5_000;

/** How the bytes are sent: whole, in single bytes, or with a stream that is never ended. */
const MANNERS = ['whole', 'drip', 'unended'] as const;

/** Opens every protocol again and again and sends what no member sends. A refused connection is an answer as well. */
export async function fuzzLibp2p(plan: Libp2pFuzzPlan): Promise<Libp2pFuzzOutcome> {
  const attacker = await attackerWith(plan.seedOfKey);
  let streams = 0;
  let refusals = 0;
  try {
    const attempts = fc.sample(attemptsOf(plan), {
      seed: plan.seed,
      numRuns: plan.perProtocol * plan.protocols.length,
    });
    for (const attempt of attempts) {
      if (await sent(attacker, plan.address, attempt)) streams += 1;
      else refusals += 1;
    }
  } finally {
    await attacker.stop();
  }
  return { streams, refusals };
}

interface Attempt {
  readonly protocol: string;
  readonly bytes: Uint8Array;
  readonly manner: (typeof MANNERS)[number];
}

function attemptsOf({ protocols, honest }: Libp2pFuzzPlan): fc.Arbitrary<Attempt> {
  return fc.record({
    protocol: fc.constantFrom(...protocols),
    bytes: hostileBytes(framed(honest)),
    manner: fc.constantFrom(...MANNERS),
  });
}

async function attackerWith(seed: Uint8Array): Promise<Libp2p> {
  const attacker = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    connectionManager: { dialTimeout: DIAL_MS },
  });
  await attacker.start();
  return attacker;
}

async function sent(
  attacker: Libp2p,
  address: string,
  { protocol, bytes, manner }: Attempt,
): Promise<boolean> {
  const signal = AbortSignal.timeout(DIAL_MS);
  try {
    const stream = await attacker.dialProtocol(multiaddr(address), protocol, { signal });
    const pieces = manner === 'drip' ? Array.from(bytes, (byte) => Uint8Array.of(byte)) : [bytes];
    for (const piece of pieces) if (!stream.send(piece)) break;
    if (manner !== 'unended') await stream.close({ signal });
    return true;
  } catch {
    return false; // The stream was reset, refused or too late: the gateway may do any of these.
  }
}
