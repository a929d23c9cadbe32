import { AppError } from '#libs/errors/app-error.ts';
import { ADMIN_ANSWER_BYTES_MAX, CORE_CALL_MS_MAX } from '../words/limits.ts';
import { ADMIN_METHODS } from './admin-frames.ts';
import { FrameLink } from './frame-link.ts';
import type { SignerAdminApi } from './signer-admin-api.ts';

interface AdminRefusalDetail {
  readonly code: 'ADMIN_CALL_REFUSED';
  /** The code of the AppError that the core threw, as a `RemoteError` has it. */
  readonly errorCode: string;
}

/** A refusal of the core to its operator. Its message is the sentence of the core. */
class AdminRefusal extends AppError<AdminRefusalDetail> {
  override readonly name = 'AdminRefusal';
}

export interface SignerAdmin extends SignerAdminApi {
  close(): void;
}

/** The core of a signer, for its operator. @param unreachable - The error when nobody answers at `path`. */
export function signerAdmin(path: string, unreachable: (sentence: string) => Error): SignerAdmin {
  const link = new FrameLink({
    ...{ path, unreachable, frameBytesMax: ADMIN_ANSWER_BYTES_MAX, deadlineMs: CORE_CALL_MS_MAX },
    refusal: (errorCode, sentence) => new AdminRefusal(sentence, { code: 'ADMIN_CALL_REFUSED', errorCode }),
  });
  return {
    getCustody: () => link.call(ADMIN_METHODS.getCustody, {}),
    getProcess: () => link.call(ADMIN_METHODS.getProcess, {}),
    unlock: (request) => link.call(ADMIN_METHODS.unlock, request),
    lock: () => link.call(ADMIN_METHODS.lock, {}),
    listAuditRows: (request) => link.call(ADMIN_METHODS.listAuditRows, request),
    signOperatorVote: (request) => link.call(ADMIN_METHODS.signOperatorVote, request),
    close: () => link.close(),
  };
}
