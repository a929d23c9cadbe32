import type { PutCertificateRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { SignerError } from '../words/errors.ts';
import { CERTIFICATE_BYTES_FREE, CHUNK_BYTES_MAX } from '../words/limits.ts';

export interface Upload {
  readonly pieces: AsyncIterable<PutCertificateRequest>;
  /** Aborted when the caller is gone: the pieces then end without an error. */
  readonly signal: AbortSignal;
  /** The longest possible certificate; only a long upload asks for it. */
  readonly bytesMax: () => Promise<bigint>;
  /** Called with the size of each piece before the piece is kept. @throws when the bytes are too many. */
  readonly onBytes: (bytes: number) => void;
}

/** Joins the pieces of a certificate, within bounds. @throws SignerError */
export async function wholeCertificate({
  pieces,
  signal,
  bytesMax,
  onBytes,
}: Upload): Promise<PutCertificateRequest> {
  let first: PutCertificateRequest | undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let max = CERTIFICATE_BYTES_FREE;
  for await (const piece of pieces) {
    first ??= piece;
    bytes += piece.chunk.length;
    if (bytes > max) max = Number(await bytesMax());
    const isWithin = piece.chunk.length <= CHUNK_BYTES_MAX && bytes <= max;
    if (!isWithin || piece.chunk.length === 0) throw malformed('chunk');
    onBytes(piece.chunk.length);
    chunks.push(piece.chunk);
  }
  if (signal.aborted) {
    throw new SignerError('its caller is gone, or took too long', { code: 'SIGNER_UNAVAILABLE' });
  }
  if (first === undefined) throw malformed('no piece came');
  return { ...first, chunk: chunks.length === 1 ? first.chunk : Buffer.concat(chunks) };
}

function malformed(what: string): SignerError {
  return new SignerError(`malformed request: ${what}`, { code: 'SIGNER_MALFORMED', field: 'chunk' });
}
