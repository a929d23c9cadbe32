import { type GrpcClient, RemoteError } from '#libs/grpc/client.ts';
import type {
  CertificateKind,
  PutCertificateResponse,
  Scope,
  SignerServiceDefinition,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';

/** The bytes that the signer takes in one piece. */
const CHUNK_BYTES = 64 * 1024;
/** Ten megabytes on a slow link, verified on a busy host. */
const PUT_DEADLINE_MS = 30_000;

export interface WholeCertificate {
  readonly kind: CertificateKind;
  /** The encoded message. */
  readonly content: Uint8Array;
  readonly scope: Scope;
  /** Left out: time enough for the longest one. */
  readonly deadlineMs?: number | undefined;
}

/** Hands a certificate to the signer in pieces, and waits until it was verified. @throws RemoteError */
export async function sendInPieces(
  client: Pick<GrpcClient<typeof SignerServiceDefinition>, 'putCertificate'>,
  { kind, content, scope, deadlineMs = PUT_DEADLINE_MS }: WholeCertificate,
): Promise<PutCertificateResponse> {
  const call = client.putCertificate({ deadlineMs });
  for (let start = 0; start < content.length; start += CHUNK_BYTES) {
    const chunk = content.subarray(start, start + CHUNK_BYTES);
    if (!call.send({ kind, chunk, scope })) await call.writable();
  }
  call.end();
  for await (const answer of call.responses) return answer;
  throw new RemoteError('the signer did not say that it verified the certificate', {
    code: 'REMOTE_CALL_FAILED',
    method: 'PutCertificate',
    status: 'UNAVAILABLE',
  });
}
