import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, toDigest, toView } from '#libs/chain/ids.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import { auditOfDecision } from '#services/signer/record/rules/audit-of.ts';
import { openCustody } from '#services/signer/running/custody.ts';
import { openCore } from '#services/signer/running/open-core.ts';

export const PLACE_CHAIN = toDigest('c'.repeat(64));
export const PLACE_SCHEME = 'slh-dsa-sha2-128f';
const GENESIS: Digest = toDigest('9'.repeat(64));
/** The view that the key of every place signed in. */
export const SIGNED_VIEW = 5n;

/** Four members, of whom one has this key. */
export function membersWith(publicKey: Uint8Array): readonly ValidatorFacts[] {
  const keys = [publicKey, ...[1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))];
  return keys.map((key, index) => ({ name: `m${index}`, publicKey: new Uint8Array(key), weight: 1n }));
}

export const firstEpochOf = (publicKey: Uint8Array) => ({
  members: membersWith(publicKey),
  root: genesisRoot(GENESIS),
});

/** A signer in `folder` that is bound, and has signed once. @returns its public key. */
export async function signedPlace(folder: string): Promise<Uint8Array> {
  const publicKey = await createSignerKey({ folder, scheme: PLACE_SCHEME });
  await bindSigner({
    protocol: 'hotstuff',
    folder,
    chainDigest: PLACE_CHAIN,
    first: firstEpochOf(publicKey),
  });
  await signTimeout(folder, SIGNED_VIEW);
  return publicKey;
}

/** Takes the slot of a timeout, as the signer would. @returns "sign", "repeat", or the reason of a refusal. */
export async function signTimeout(folder: string, view: bigint): Promise<string> {
  const { ledger, custodian, key } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
  const { chain, epoch, session } = custodian.state;
  const decision = custodian.decide({
    ...{ chain, epoch, session, header: undefined, justifyView: undefined },
    statement: timeoutStatement(toView(view), { view: toView(0n), digest: GENESIS }),
  });
  if (decision.kind === 'sign') ledger.record(decision, auditOfDecision(decision, session));
  ledger.close();
  key.close();
  return decision.kind === 'refuse' ? decision.reason : decision.kind;
}

/** The result of a start on a folder. */
export interface Start {
  /** "serving", another mode ("quarantined", "retired", "locked"), or the code of the error that prevents the start. */
  readonly outcome: string;
  /** Hex. */
  readonly key?: string;
  readonly epoch?: bigint;
  readonly view?: bigint;
}

/** Starts the signer of a folder and stops it. @throws what has no code: nobody could know what to do. */
export async function startIn(folder: string): Promise<Start> {
  try {
    const options = { folder, protocol: 'hotstuff', backend: 'auto', mayBeLocked: true } as const;
    const core = await openCore({ ...options, log: memoryLogger(), onServing: () => {} });
    const { isServing } = core;
    const { locked, mode, publicKey, epoch, markView } = await core.admin.getCustody();
    await core.close();
    const silent = locked ? 'locked' : mode;
    return { outcome: isServing ? 'serving' : silent, key: toHex(publicKey), epoch, view: markView };
  } catch (error) {
    if (error instanceof AppError) return { outcome: error.detail.code };
    throw error;
  }
}

/** Names of all files below `root` that hold this secret, as bytes or in hex. */
export function filesWith(root: string, secretHex: string): readonly string[] {
  const part = secretHex.slice(0, 64);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const content = readFileSync(path);
      return content.includes(part) || content.includes(Buffer.from(part, 'hex'));
    });
}
