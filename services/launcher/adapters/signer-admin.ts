import { type SignerAdmin, signerAdmin } from '#services/signer/socket/admin-client.ts';
import { CliError } from '../words/errors.ts';

export type { SignerAdmin };

/**
 * Does `work` with the core of a signer, as its operator.
 * @throws CliError `CLI_UNREACHABLE` when none answers there.
 */
export async function withSignerAdmin<Result>(
  socket: string,
  work: (admin: SignerAdmin) => Promise<Result>,
): Promise<Result> {
  const admin = signerAdmin(socket, (sentence) => {
    const message = `no signer answers at ${socket}: ${sentence}; is it running, and may this user open its socket?`;
    return new CliError(message, { code: 'CLI_UNREACHABLE' });
  });
  try {
    return await work(admin);
  } finally {
    admin.close();
  }
}

/** The two ways to a signer's record. */
export interface RunningOrRecord<Result> {
  running(admin: SignerAdmin, socket: string): Promise<Result>;
  record(): Promise<Result>;
}

/**
 * Asks the signer at `socket`; when nobody answers there, looks into the record, if a folder or home says where it is.
 * @throws CliError `CLI_UNREACHABLE` when nobody answers and there is nothing else to look into.
 */
export async function atSignerOrRecord<Result>(
  socket: string | undefined,
  { home, folder }: { readonly home?: string; readonly folder?: string },
  { running, record }: RunningOrRecord<Result>,
): Promise<Result> {
  if (socket === undefined) return record();
  try {
    return await withSignerAdmin(socket, (admin) => running(admin, socket));
  } catch (error) {
    const isSilent = error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE';
    if (isSilent && (home !== undefined || folder !== undefined)) return record();
    throw error;
  }
}
