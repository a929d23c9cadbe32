import { randomBytes } from 'node:crypto';
import { combine, split } from 'shamir-secret-sharing';
import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { BackupError } from './errors.ts';
import { SHARES_MAX, THRESHOLD_MIN } from './limits.ts';
import { isOfOneSplit, isSameShare, type Share } from './share.ts';

export interface SplitPlan {
  readonly keyId: string;
  readonly shares: number;
  readonly threshold: number;
}

const SET_BYTES = 8;
const CHECK_BYTES = 8;

/**
 * Splits a secret by Shamir's scheme over GF(256), so that any `threshold` of the shares give it back and fewer say
 * nothing about it but its length. A hash of the secret is split with it, so that a restored secret can be checked.
 * @throws BackupError `BACKUP_PLAN_REFUSED`.
 */
export async function splitSecret(secret: Uint8Array, plan: SplitPlan): Promise<readonly Share[]> {
  const { keyId, shares, threshold } = plan;
  if (threshold < THRESHOLD_MIN || threshold > shares || shares > SHARES_MAX) {
    const message = `${threshold} of ${shares} shares: expected at least ${THRESHOLD_MIN}, and at most ${SHARES_MAX} shares`;
    throw new BackupError(message, { code: 'BACKUP_PLAN_REFUSED' });
  }
  const set = randomBytes(SET_BYTES).toString('hex');
  const checked = concatBytes([checkOf(secret), secret]);
  try {
    const parts = await split(checked, shares, threshold);
    return parts.map((data, index) => ({ keyId, set, threshold, shares, number: index + 1, data }));
  } finally {
    checked.fill(0);
  }
}

/**
 * The secret that these shares are of, in memory that the caller clears.
 * @throws BackupError that says which of them do not fit.
 */
export async function combineShares(shares: readonly Share[]): Promise<Uint8Array> {
  const [first] = shares;
  if (first === undefined) throw tooFew(0, THRESHOLD_MIN);
  const stranger = shares.find((share) => !isOfOneSplit(share, first));
  if (stranger !== undefined) throw mixed(strangeness(stranger, first));
  const twice = shares.find((share, index) =>
    shares.slice(0, index).some((other) => isSameShare(share, other)),
  );
  if (twice !== undefined) throw mixed(`share ${twice.number} is there twice`);
  if (shares.length < first.threshold) throw tooFew(shares.length, first.threshold);
  const whole = await combine(shares.map(({ data }) => data)).catch((cause: unknown) => {
    throw broken(cause);
  });
  const secret = whole.slice(CHECK_BYTES);
  const isRight = equalBytes(whole.subarray(0, CHECK_BYTES), checkOf(secret));
  whole.fill(0);
  if (isRight) return secret;
  secret.fill(0);
  throw broken();
}

function strangeness(share: Share, first: Share): string {
  return share.keyId === first.keyId
    ? `share ${share.number} is of another split than share ${first.number}`
    : `share ${share.number} is of key ${share.keyId}, and share ${first.number} of key ${first.keyId}`;
}

function checkOf(secret: Uint8Array): Uint8Array {
  return sha256(secret).subarray(0, CHECK_BYTES);
}

function mixed(message: string): BackupError {
  return new BackupError(message, { code: 'BACKUP_SHARES_MIXED' });
}

function tooFew(there: number, threshold: number): BackupError {
  return new BackupError(`${there} shares, and ${threshold} are needed`, {
    code: 'BACKUP_SHARES_TOO_FEW',
    threshold,
  });
}

function broken(cause?: unknown): BackupError {
  return new BackupError('the shares do not give back what was split', { code: 'BACKUP_BROKEN' }, { cause });
}
