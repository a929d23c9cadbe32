import { digestBytes, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { GetProcessResponse } from '#libs/proto/btcfed/signer/v1/signer_admin_service.ts';
import { auditRowsAnswer } from '../record/audit-wire.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { SignerAdminApi } from '../socket/signer-admin-api.ts';
import type { Custody } from './custody.ts';
import { signedAuditHead } from './signed-audit-head.ts';
import type { SigningDesk } from './signing-desk.ts';
import { membershipVoteFromWire } from './wire.ts';

export interface AdminParts {
  readonly custody: Custody;
  readonly desk: Pick<SigningDesk, 'change' | 'signMembershipVote'>;
  /** The key was locked or unlocked. */
  readonly onChanged: () => void;
  readonly log: Logger;
}

/** The calls of the operator about the key that a core holds. Every change leaves a row in the audit log. */
export function adminApi({ custody, desk, onChanged, log }: AdminParts): SignerAdminApi {
  const { key, scheme, custodian, isSealed, ledger } = custody;
  const changed = (outcome: 'UNLOCKED' | 'LOCKED'): void => {
    desk.change(custodian.state, auditOf(custodian.state, outcome, '', ZERO_DIGEST));
    onChanged();
  };
  return {
    async getCustody() {
      const { mode, chain, epoch, session, lock, proven } = custodian.state;
      const facts = { scheme: scheme.name, publicKey: key.publicKey, chainDigest: digestBytes(chain), mode };
      return {
        ...{ ...facts, sealed: isSealed, locked: key.isLocked, epoch, session },
        fault: key.fault ?? '',
        ...{ markView: lastView(custodian.state), lockView: lock?.view ?? 0n, provenView: proven },
        signatureCount: ledger.signatureCount(),
        auditHead: signedAuditHead(custody),
      };
    },
    getProcess: async () => thisProcess(),
    async unlock({ passphrase }) {
      if (!key.isLocked) return {};
      try {
        await key.unlock(passphrase.length === 0 ? undefined : async () => bufferOf(passphrase));
      } catch (error) {
        log.warn('the key was not unlocked', { error: String(error) });
        throw error;
      }
      // An operator who unlocks the key says that the machine may be trusted again.
      await key.liftFault();
      changed('UNLOCKED');
      log.info('the key is unlocked');
      return {};
    },
    async listAuditRows({ after }) {
      return auditRowsAnswer(ledger, after);
    },
    async signOperatorVote(request) {
      const wanted = membershipVoteFromWire(request, 'operator');
      const signature = await desk.signMembershipVote(wanted);
      log.info('vote for a change of the members signed, at the wish of the operator');
      return { signature };
    },
    async lock() {
      const wasLocked = key.isLocked;
      await key.lock();
      if (wasLocked) return {};
      changed('LOCKED');
      log.warn('the key is locked, at the wish of the operator');
      return {};
    },
  };
}

/** None of these facts is read from /proc: a core with permissions may not open it. */
function thisProcess(): GetProcessResponse {
  const { versions, env, execArgv, pid } = process;
  return {
    pid,
    nodeVersion: versions.node,
    opensslVersion: versions.openssl,
    threadPoolSize: env['UV_THREADPOOL_SIZE'] ?? '',
    jitless: execArgv.includes('--jitless'),
    permissions: execArgv.includes('--permission'),
  };
}

/** The same memory as the request: clearing the buffer clears the request. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
