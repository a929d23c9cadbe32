import { z } from 'zod';
import { type Digest, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { CertificateTable } from './certificate-table.ts';

const number = z.string().regex(/^\d{1,20}$/);
const height = number.transform((text) => toHeight(BigInt(text)));
const view = number.transform((text) => toView(BigInt(text)));
const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform(toDigest);
const blockRef = z.strictObject({ height, digest });

/** The safety record on disk. Certificates are named by the digest of their content. */
const storedRecord = z.strictObject({
  version: z.literal(1),
  epoch: number.transform((text) => toEpoch(BigInt(text))),
  view,
  voted: z.strictObject({
    prepare: blockRef.exactOptional(),
    'pre-commit': blockRef.exactOptional(),
    commit: blockRef.exactOptional(),
  }),
  timedOut: z.strictObject({ view, high: digest }).optional(),
  proposed: z.strictObject({ height, digest, view }).optional(),
  high: digest,
  locked: digest.optional(),
  commit: digest,
  timeoutCertificate: digest.optional(),
});

/** A record as text, and the digests of the certificates that the text names. */
export interface StoredRecord {
  readonly text: string;
  readonly certificates: ReadonlySet<Digest>;
}

/** Writes the certificates of a record, and gives the text that names them. */
export function storeRecord(record: SafetyRecord, table: CertificateTable): StoredRecord {
  const certificates = new Set<Digest>();
  const name = (named: Digest): Digest => {
    certificates.add(named);
    return named;
  };
  const { epoch, view: current, voted, timedOut, proposed, high, locked, commit } = record;
  const { timeoutCertificate } = record;
  const stored = {
    version: 1,
    epoch,
    view: current,
    voted,
    timedOut: timedOut && { view: timedOut.view, high: name(table.put(timedOut.high)) },
    proposed,
    high: name(table.put(high)),
    locked: locked && name(table.put(locked)),
    commit: name(table.put(commit)),
    timeoutCertificate: timeoutCertificate && name(table.putTimeout(timeoutCertificate)),
  };
  const text = JSON.stringify(stored, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  return { text, certificates };
}

/** @throws when the text is no record of this version, or one of its certificates is missing or damaged. */
export function readRecord(text: string, table: CertificateTable): SafetyRecord {
  const stored = storedRecord.parse(JSON.parse(text));
  const { timedOut, locked, timeoutCertificate } = stored;
  return {
    epoch: stored.epoch,
    view: stored.view,
    voted: stored.voted,
    timedOut: timedOut && { view: timedOut.view, high: table.get(timedOut.high) },
    proposed: stored.proposed,
    high: table.get(stored.high),
    locked: locked && table.get(locked),
    commit: table.get(stored.commit),
    timeoutCertificate: timeoutCertificate && table.getTimeout(timeoutCertificate),
  };
}

/** The blocks that a record refers to. */
export function blocksNamedBy({ voted, timedOut, proposed, high, locked, commit }: SafetyRecord): Digest[] {
  const votes = Object.values(voted);
  return [...votes, timedOut?.high, proposed, high, locked, commit]
    .map((named) => named?.digest)
    .filter((named) => named !== undefined);
}
