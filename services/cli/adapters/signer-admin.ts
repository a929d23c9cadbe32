import { type SignerAdmin, signerAdmin } from '#services/signer/admin-client.ts';
import { CliError } from '../core/errors.ts';

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
