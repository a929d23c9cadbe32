import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import {
  QuorumCertificate as WireCertificate,
  TimeoutCertificate as WireTimeoutCertificate,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertificateShelf } from '#libs/protocol/hosting/description.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { certificateFromWire, certificateToWire } from '#libs/wire/certificate.ts';
import { leaveFromWire, leaveToWire } from '#libs/wire/leave-certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { blobOf } from './columns.ts';

/**
 * Certificates by the digest of their bytes: they are big (51 KB at 4 members, up to 10 MB at 512), many rows
 * refer to one, and none is written twice.
 */
export class CertificateTable implements CertificateShelf {
  readonly #insert: StatementSync;
  readonly #replace: StatementSync;
  readonly #exists: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;
  readonly #drop: StatementSync;
  /** Digests of certificates that this process wrote or read: saves encoding and hashing them again. */
  readonly #known = new WeakMap<QuorumCertificate | LeaveCertificate, Digest>();

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT OR IGNORE INTO certificate (digest, content) VALUES (?, ?)');
    this.#replace = db.prepare(
      'INSERT INTO certificate (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET content = excluded.content',
    );
    this.#exists = db.prepare('SELECT 1 FROM certificate WHERE digest = ?');
    this.#select = db.prepare('SELECT content FROM certificate WHERE digest = ?');
    this.#delete = db.prepare(
      'DELETE FROM certificate WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM final WHERE certificate = ?1)',
    );
    this.#drop = db.prepare(
      `DELETE FROM certificate WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM final WHERE certificate = ?1)
       AND NOT EXISTS (SELECT 1 FROM safety_record WHERE instr(content, ?2) > 0)`,
    );
  }

  /** Writes a certificate unless it is there. Durable once the surrounding transaction is. */
  put(certificate: QuorumCertificate): Digest {
    return this.#put(certificate, () => WireCertificate.encode(certificateToWire(certificate)).finish());
  }

  /** Writes a certificate over the row of its digest, which may be damaged. */
  replace(certificate: QuorumCertificate): Digest {
    const content = WireCertificate.encode(certificateToWire(certificate)).finish();
    const digest = digestOf(content);
    this.#replace.run(digestBytes(digest), content);
    return digest;
  }

  putLeave(certificate: LeaveCertificate): Digest {
    return this.#put(certificate, () => WireTimeoutCertificate.encode(leaveToWire(certificate)).finish());
  }

  /** @throws when it is not there or damaged. */
  get(digest: Digest): QuorumCertificate {
    const certificate = certificateFromWire(WireCertificate.decode(this.#content(digest)), WIRE_LIMITS);
    this.#known.set(certificate, digest);
    return certificate;
  }

  /** @throws when it is not there or damaged. */
  getLeave(digest: Digest): LeaveCertificate {
    const content = WireTimeoutCertificate.decode(this.#content(digest));
    const certificate = leaveFromWire(content, WIRE_LIMITS);
    this.#known.set(certificate, digest);
    return certificate;
  }

  /** Removes certificates that the safety record no longer names; those of final blocks stay. */
  forget(digests: Iterable<Digest>): void {
    for (const digest of digests) this.#delete.run(digestBytes(digest));
  }

  /** Removes a certificate that no final block names any more, unless the safety record does: it goes with that then. */
  drop(digest: Digest): void {
    this.#drop.run(digestBytes(digest), digest);
  }

  /** Whether its bytes can be read, right or wrong: SQLite goes over the same pages to remove them. */
  isReadable(digest: Digest): boolean {
    try {
      return this.#select.get(digestBytes(digest)) !== undefined;
    } catch {
      return false;
    }
  }

  #put(certificate: QuorumCertificate | LeaveCertificate, encode: () => Uint8Array): Digest {
    const known = this.#known.get(certificate);
    // A certificate remembered here may have been removed since, or its transaction rolled back.
    if (known !== undefined && this.#exists.get(digestBytes(known)) !== undefined) return known;
    const content = encode();
    const digest = digestOf(content);
    this.#insert.run(digestBytes(digest), content);
    this.#known.set(certificate, digest);
    return digest;
  }

  #content(digest: Digest): Uint8Array {
    const row = this.#select.get(digestBytes(digest));
    assert(row !== undefined, `certificate ${digest} is missing`);
    const content = blobOf(row, 'content');
    assert(sha256Hex(content) === digest, `certificate ${digest} is damaged`);
    return content;
  }
}
