import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { SignerError } from '../words/errors.ts';
import { ADMIN_FRAME_BYTES_MAX, ADMINS_MAX } from '../words/limits.ts';
import { ADMIN_METHODS } from './admin-frames.ts';
import { requestIn } from './bounded-message.ts';
import { FrameServer } from './frame-server.ts';
import type { SignerAdminApi } from './signer-admin-api.ts';

export interface AdminSocketOptions {
  /** Left out: nobody administers this core while it runs. */
  readonly path: string | undefined;
  readonly api: SignerAdminApi;
  readonly log: Logger;
}

/** The way into the core for its operator; a file of its own, because the edge must never get this far. */
export function adminSocket({ path, api, log }: AdminSocketOptions): Lifecycle {
  if (path === undefined) return { start: async () => {}, stop: async () => {} };
  return new FrameServer({
    ...{ path, log, caller: 'operator', connectionsMax: ADMINS_MAX, frameBytesMax: ADMIN_FRAME_BYTES_MAX },
    isSecret: true,
    answer: (byte, content) => called(api, byte, content),
  });
}

async function called(api: SignerAdminApi, byte: number, content: Uint8Array): Promise<Uint8Array> {
  const { getCustody, getProcess, unlock, lock, listAuditRows, signOperatorVote } = ADMIN_METHODS;
  switch (byte) {
    case getCustody.byte:
      return getCustody.response.encode(await api.getCustody()).finish();
    case getProcess.byte:
      return getProcess.response.encode(await api.getProcess()).finish();
    case unlock.byte:
      return unlock.response.encode(await api.unlock(requestIn(unlock.request, content))).finish();
    case lock.byte:
      return lock.response.encode(await api.lock()).finish();
    case listAuditRows.byte: {
      const rows = await api.listAuditRows(requestIn(listAuditRows.request, content));
      return listAuditRows.response.encode(rows).finish();
    }
    case signOperatorVote.byte: {
      const vote = await api.signOperatorVote(requestIn(signOperatorVote.request, content));
      return signOperatorVote.response.encode(vote).finish();
    }
    default:
      throw new SignerError(`malformed request: no method ${byte}`, {
        code: 'SIGNER_MALFORMED',
        field: 'method',
      });
  }
}
