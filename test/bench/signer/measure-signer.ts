import { performance } from 'node:perf_hooks';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import type { RunningCore } from './core-process.ts';
import { leaderOf } from './other-members.ts';

/** The kinds of requests, by the signer's work beside judging, recording and signing. */
export const ASKED_KINDS = ['proposal', 'prepare', 'pre-commit', 'commit'] as const;
export type AskedKind = (typeof ASKED_KINDS)[number];

/** Milliseconds of each signature, in the order in which they were made. */
export interface SignerSamples {
  readonly asked: Readonly<Record<AskedKind, readonly number[]>>;
  /** One after each of those: the same scheme, in this process, and nothing else. */
  readonly bare: readonly number[];
}

export interface Views {
  readonly from: bigint;
  readonly count: number;
  readonly signal: AbortSignal;
}

const MESSAGE = new TextEncoder().encode('btcfed: what does a signature cost on this machine?');

/** Signs in this process as the core does: the measure of all else. */
export class BareSigner {
  readonly #key: SigningKey;

  private constructor(key: SigningKey) {
    this.#key = key;
  }

  static async create(schemeName: string): Promise<BareSigner> {
    const scheme = schemeByName(schemeName);
    const { secretKey } = await scheme.generate();
    try {
      return new BareSigner(scheme.loadKey(secretKey));
    } finally {
      secretKey.fill(0);
    }
  }

  sign(): Promise<Uint8Array> {
    return this.#key.sign(MESSAGE);
  }

  close(): void {
    this.#key.close();
  }
}

/**
 * Takes the signer through views as consensus does, and after each signature makes a bare one, so that other work of
 * the machine affects both alike. A proposal and a PRE-COMMIT vote rest on facts that the signer knows already; a
 * PREPARE vote brings the leader's signature, unless the signer leads, and a COMMIT vote its certificate, which are
 * verified first.
 */
export async function measureViews(
  { client, others }: RunningCore,
  bare: BareSigner,
  { from, count, signal }: Views,
): Promise<SignerSamples> {
  const asked: Record<AskedKind, number[]> = { proposal: [], prepare: [], 'pre-commit': [], commit: [] };
  const bareMs: number[] = [];
  const { session } = await client.openSession();
  const measure = async (kind: AskedKind, sign: () => Promise<{ readonly signature: Uint8Array }>) => {
    signal.throwIfAborted();
    const { ms, result } = await timed(sign);
    asked[kind].push(ms);
    bareMs.push((await timed(() => bare.sign())).ms);
    return result.signature;
  };
  for (let view = from; view < from + BigInt(count); view++) {
    const { block, justifyView } = others.nextBlock(view);
    if (leaderOf(view) === 0) {
      const proposal = others.proposal(block, justifyView, session);
      await measure('proposal', () => client.sign(proposal));
    }
    const prepare = await others.prepare(block, justifyView, session);
    const prepared = await measure('prepare', () => client.sign(prepare));
    await client.putCertificate(
      others.handedOver(await others.certificate('prepare', block, prepared), session),
    );
    const preCommit = others.vote('pre-commit', block, session);
    const preCommitted = await measure('pre-commit', () => client.sign(preCommit));
    const certificate = await others.certificate('pre-commit', block, preCommitted);
    const commit = others.vote('commit', block, session, certificate);
    await measure('commit', () => client.sign(commit));
  }
  return { asked, bare: bareMs };
}

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly ms: number; readonly result: Result }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
