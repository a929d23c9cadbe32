import { readFileSync } from 'node:fs';
import type { Digest } from '#libs/chain/ids.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { type AuditedMember, AuditHeads } from '../core/audit-heads.ts';
import type { SeenAudit } from '../core/seen-audit.ts';
import { auditFileText, parsedAuditFile } from './audit-file.ts';
import type { SignerClient } from './signer-client.ts';

/** Interval at which the signer is asked for the end of its log, and the heads seen are written to disk. */
const ASK_MS = 10_000;
const FILE_MODE = 0o600;

export interface AuditWatchOptions {
  /** File in which the heads seen outlive this process. */
  readonly path: string;
  readonly signer: Pick<SignerClient, 'describe'>;
  readonly chain: Digest;
  /** This member, as the chain knows it; undefined while it is no member. */
  readonly own: () => AuditedMember | undefined;
  readonly log: Logger;
}

/**
 * Knows the end of our signer's audit log, and the ends that the other members report; warns of a log that
 * contradicts itself.
 */
export class AuditWatch implements Lifecycle {
  readonly #options: AuditWatchOptions;
  readonly #heads: AuditHeads;
  #own: AuditHead | undefined;
  #hasNews = false;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> = Promise.resolve();

  constructor(options: AuditWatchOptions) {
    const { chain, log } = options;
    this.#options = options;
    this.#heads = new AuditHeads({
      chain,
      restored: restored(options),
      verify: ed25519Verify,
      nowMs: () => Date.now(),
      onSeen: () => {
        this.#hasNews = true;
      },
      onComplaint: (member, complaint) =>
        log.error('the audit log of a signer contradicts itself', new Error(complaint), { member }),
    });
  }

  /** The audit heads by the name of the member, this one included. */
  get seen(): ReadonlyMap<string, SeenAudit> {
    return this.#heads.seen;
  }

  own(): AuditHead | undefined {
    return this.#own;
  }

  /** @returns false when it is no head of that member. */
  heard(member: AuditedMember, head: AuditHead): boolean {
    return this.#heads.heard(member, head);
  }

  async start(): Promise<void> {
    this.#asking = this.#ask();
    this.#timer = setInterval(() => {
      this.#asking = this.#asking.then(() => this.#ask());
    }, ASK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
    await this.#keep();
  }

  async #ask(): Promise<void> {
    const { signer, own } = this.#options;
    try {
      const { auditHead } = await signer.describe();
      this.#own = auditHead;
      const member = own();
      if (auditHead !== undefined && member !== undefined) this.#heads.heard(member, auditHead);
    } catch (error) {
      // Away for a while: it is asked again, and others tell of it.
      if (!(error instanceof RemoteError)) throw error;
    }
    await this.#keep();
  }

  async #keep(): Promise<void> {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const { path, log } = this.#options;
    try {
      await writeFileAtomic(path, auditFileText(this.#heads.seen), FILE_MODE);
    } catch (error) {
      log.warn('the audit heads of members are not kept over a restart', { path, reason: String(error) });
    }
  }
}

function restored({ path, log }: AuditWatchOptions): ReadonlyMap<string, SeenAudit> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map(); // The first start.
  }
  const found = parsedAuditFile(text);
  if (found !== undefined) return found;
  log.warn('the file of audit heads is damaged, and begins anew', { path });
  return new Map();
}
