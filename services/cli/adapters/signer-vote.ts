import { grpcClient } from '#libs/grpc/client.ts';
import { encodeChange } from '#libs/membership/change.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { readClientTls, statusOf } from '#services/launcher/adapters/member-client.ts';
import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { errorCodeOf } from '#services/launcher/core/error-code.ts';
import { CliError } from '#services/launcher/words/errors.ts';

/** The slowest parameter set signs for some seconds on a busy machine. */
const SIGN_MS = 60_000;

/** How an operator reaches the signer: at its admin socket, or with a certificate of his own that the client matrix lets vote. */
export type WayToVote =
  | { readonly kind: 'socket'; readonly socket: string }
  | {
      readonly kind: 'certificate';
      readonly address: string;
      /** PEM files. */
      readonly ca: string;
      readonly certificate: string;
      readonly key: string;
    };

/**
 * Has the signer of a member sign a vote. It is never asked with the certificate of consensus.
 * @throws CliError `CLI_UNREACHABLE` when it does not answer, or knows nothing of the certificate.
 */
export async function signMembershipVote(
  way: WayToVote,
  { change, goodUntil }: Pick<MembershipVote, 'change' | 'goodUntil'>,
): Promise<Uint8Array> {
  const request = { change: encodeChange(change), goodUntil };
  if (way.kind === 'socket') {
    return withSignerAdmin(way.socket, async (admin) => (await admin.signOperatorVote(request)).signature);
  }
  const { address, ca, certificate, key } = way;
  const tls = readClientTls({ ca, certificate, key, serverName: 'signer' });
  const client = grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: SIGN_MS });
  try {
    return (await client.signMembershipVote(request)).signature;
  } catch (cause) {
    if (statusOf(cause) !== 'UNAVAILABLE' || errorCodeOf(cause) !== undefined) throw cause;
    // The signer ends the connection of a certificate that it does not know, so the two cases look the same from
    // here.
    const message = `the signer at ${address} does not answer, or refuses ${certificate}: is that of the authority in ${ca}?`;
    throw new CliError(message, { code: 'CLI_UNREACHABLE' }, { cause });
  } finally {
    client.close();
  }
}
