import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';

/** A remembered block, as the signer's record has it. */
interface Remembered {
  readonly view: bigint;
  readonly height: bigint;
  readonly digest: Digest;
}

/** The reported part of a record: all but the digests of the slots. */
export interface ReportedRecord {
  readonly owner: {
    readonly scheme: string;
    readonly publicKey: Uint8Array;
    readonly binding: { readonly chain: Digest; readonly protocol: string };
  };
  readonly install: Uint8Array;
  readonly state: {
    readonly mode: string;
    readonly epoch: bigint;
    readonly session: bigint;
    readonly proven: bigint;
    readonly lock: Remembered | undefined;
    readonly marks: ReadonlyMap<bigint, { readonly view: bigint; readonly step: number }>;
    readonly high: ReadonlyMap<bigint, Remembered>;
    readonly signed: ReadonlyMap<string, Digest>;
  };
  readonly signatureCount: bigint;
  readonly audit: { readonly sequence: bigint; readonly hash: Uint8Array };
  readonly members: number;
  readonly fault: string | undefined;
}

/** A record as one object, for `--json` and, field by field, for people. */
export function recordReport({ owner, install, state, audit, fault, ...rest }: ReportedRecord) {
  const { mode, epoch, session, proven, lock, marks, high, signed } = state;
  return {
    mode,
    signs: mode === 'active' && fault === undefined,
    fault: fault ?? null,
    scheme: owner.scheme,
    publicKey: toHex(owner.publicKey),
    chain: owner.binding.chain,
    protocol: owner.binding.protocol,
    install: toHex(install),
    epoch,
    members: rest.members,
    session,
    marks: [...marks].map(([instance, mark]) => ({ instance, ...mark })),
    lock: lock ?? null,
    highs: [...high].map(([instance, each]) => ({ instance, ...each })),
    proven,
    slots: signed.size,
    signatures: rest.signatureCount,
    auditSequence: audit.sequence,
    auditHash: toHex(audit.hash),
  };
}
