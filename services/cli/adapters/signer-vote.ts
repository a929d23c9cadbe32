import { readFileSync } from 'node:fs';
import { grpcClient } from '#libs/grpc/client.ts';
import { encodeChange, type MembershipChange } from '#libs/membership/change.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { MemberFacts } from '../core/service-environment.ts';

/** The slowest parameter set signs for some seconds on a busy machine. */
const SIGN_MS = 60_000;

/** Has the signer of a member sign a vote, as the operator of that member: with the certificate in its home. */
export async function signMembershipVote(
  { paths, signerAddress: address }: Pick<MemberFacts, 'paths' | 'signerAddress'>,
  change: MembershipChange,
  goodUntil: bigint,
): Promise<Uint8Array> {
  const tls = {
    ca: readFileSync(paths.tls.ca),
    certificate: readFileSync(paths.tls.consensusCertificate),
    key: readFileSync(paths.tls.consensusKey),
    serverName: 'signer',
  };
  const client = grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: SIGN_MS });
  try {
    const { signature } = await client.signMembershipVote({ change: encodeChange(change), goodUntil });
    return signature;
  } finally {
    client.close();
  }
}
