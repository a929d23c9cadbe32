import type { Block } from '#libs/chain/block.ts';
import { type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { type Phase, timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { sealedRecord } from '#test/support/hotstuff/sealed.ts';

/** Bytes of a signature of SLH-DSA-SHA2-128f, which a certificate of a local federation carries three times. */
const SIGNATURE_BYTES = 17_088;

export const CHAIN_DIGEST = toDigest('c4'.repeat(32));
export const GENESIS: BlockWithFrontier = {
  block: genesisBlock({ genesisTimeMs: 1_795_219_200_000n }),
  frontier: EMPTY_FRONTIER,
};

/** Certificates that a member keeps in tests that cannot wait for a hundred heights. */
export const SMALL_RULE: CertificateRule = { newest: 10, every: 10 };

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** A valid block upon `parent` with these transactions. Blocks of different views differ. */
export function blockUpon(
  parent: BlockWithFrontier,
  view: number,
  texts: readonly string[] = [],
): BlockWithFrontier {
  return buildBlock({
    parent: parent.block,
    frontier: parent.frontier,
    view: toView(BigInt(view)),
    epoch: toEpoch(0n),
    proposer: toMemberIndex(view % 4),
    nowMs: 1_795_219_200_000n + BigInt(view),
    transactions: texts.map((text) => transactionOf(bytes(text))),
  });
}

/** Blocks one upon another, from view `firstView` on, each with one transaction. */
export function branchUpon(
  parent: BlockWithFrontier,
  count: number,
  firstView: number,
): readonly BlockWithFrontier[] {
  const branch: BlockWithFrontier[] = [];
  for (let index = 0; index < count; index++) {
    const view = firstView + index;
    branch.push(blockUpon(branch.at(-1) ?? parent, view, [`transaction of view ${view}`]));
  }
  return branch;
}

/** A certificate of the right shape and size; its signatures are no signatures. */
export function certificateFor({ header, digest }: Block, phase: Phase = 'commit'): QuorumCertificate {
  const { view, height } = header;
  return { kind: phase, instance: 0n, view, height, digest, signatures: signatures(Number(view)) };
}

export function timeoutCertificateFor(view: number, high: QuorumCertificate): LeaveCertificate {
  const shares = signatures(view).map((signature) => timeoutShareOf(signature, high));
  return timeoutCertificateOf(toView(BigInt(view)), shares, high);
}

/** A safety record with nothing but genesis in it, and the fields of `change`. */
export function recordWith(change: Partial<SafetyRecord> = {}): HostedRecord {
  return sealedRecord({
    epoch: toEpoch(0n),
    view: toView(1n),
    voted: {},
    timedOut: undefined,
    proposed: undefined,
    high: genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS.block.digest),
    locked: undefined,
    commit: genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.block.digest),
    timeoutCertificate: undefined,
    ...change,
  });
}

function signatures(seed: number) {
  return [0, 1, 2].map((member) => ({
    member: toMemberIndex(member),
    signature: new Uint8Array(SIGNATURE_BYTES).fill(seed + member),
  }));
}
