import {
  GetSignerRequest,
  GetSignerResponse,
  OpenSessionRequest,
  OpenSessionResponse,
  PutCertificateRequest,
  PutCertificateResponse,
  SignAutomaticVoteRequest,
  SignAutomaticVoteResponse,
  SignatureFromCore,
  SignMembershipVoteRequest,
  SignMembershipVoteResponse,
  SignRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { SignerApi } from './signer-api.ts';

/**
 * The messages between edge and core on their socket: frames of a length (u32, big-endian), the number of the
 * call (u32), one byte, how long the caller still waits in ms (u32; 0: no limit, and in every answer), and a
 * Protobuf message. In a call the byte names the method; in an answer it says how the call went.
 */
export interface Frame {
  readonly call: number;
  readonly byte: number;
  readonly patienceMs: number;
  readonly content: Uint8Array;
}

export const ANSWERED = 0;
/** The content is the code of the refusal, a line feed, and its sentence. */
export const REFUSED = 1;

const LENGTH_BYTES = 4;
const HEADER_BYTES = 9;
const PATIENCE_AT = LENGTH_BYTES + 5;
/** Pieces that are kept as they came. */
const PIECES_MAX = 1_024;

/** Methods by the byte that names them. */
export const METHODS = {
  getSigner: { byte: 1, request: GetSignerRequest, response: GetSignerResponse },
  openSession: { byte: 2, request: OpenSessionRequest, response: OpenSessionResponse },
  putCertificate: { byte: 3, request: PutCertificateRequest, response: PutCertificateResponse },
  signMembershipVote: { byte: 7, request: SignMembershipVoteRequest, response: SignMembershipVoteResponse },
  signAutomaticVote: { byte: 8, request: SignAutomaticVoteRequest, response: SignAutomaticVoteResponse },
  // 4 to 6 were calls of one protocol each, and name nothing any more.
  sign: { byte: 9, request: SignRequest, response: SignatureFromCore },
} as const satisfies Record<keyof SignerApi, unknown>;

export function frameBytes({ call, byte, patienceMs, content }: Frame): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES + HEADER_BYTES + content.length);
  bytes.writeUInt32BE(HEADER_BYTES + content.length, 0);
  bytes.writeUInt32BE(call, LENGTH_BYTES);
  bytes.writeUInt8(byte, LENGTH_BYTES + 4);
  bytes.writeUInt32BE(patienceMs, PATIENCE_AT);
  bytes.set(content, LENGTH_BYTES + HEADER_BYTES);
  return bytes;
}

/** Cuts a stream of bytes into frames. */
export class CoreFrameReader {
  readonly #frameBytesMax: number;
  readonly #isSecret: boolean;
  #rest: Buffer[] = [];
  #held = 0;
  /** Pieces at the end of `rest` that were not joined to one. */
  #loose = 0;

  /** @param isSecret - Whether to clear the bytes of the stream behind each frame, whose own are a copy. */
  constructor(frameBytesMax: number, isSecret = false) {
    this.#frameBytesMax = frameBytesMax;
    this.#isSecret = isSecret;
  }

  /** @throws RangeError for a frame that is too long or too short: the other side is broken, or somebody else. */
  push(chunk: Buffer): readonly Frame[] {
    this.#hold(chunk);
    const frames: Frame[] = [];
    for (let length = this.#nextLength(); length !== undefined; length = this.#nextLength()) {
      const bytes = this.#take(LENGTH_BYTES + length);
      frames.push({
        call: bytes.readUInt32BE(LENGTH_BYTES),
        byte: bytes.readUInt8(LENGTH_BYTES + 4),
        patienceMs: bytes.readUInt32BE(PATIENCE_AT),
        content: ownCopy(bytes.subarray(LENGTH_BYTES + HEADER_BYTES)),
      });
      if (this.#isSecret) bytes.fill(0);
    }
    return frames;
  }

  /** A frame that comes byte by byte: many tiny pieces cost a hundred times as much as their content. */
  #hold(chunk: Buffer): void {
    this.#rest.push(chunk);
    this.#held += chunk.length;
    this.#loose += 1;
    if (this.#loose < PIECES_MAX) return;
    this.#loose = 0;
    const pieces = this.#rest.splice(-PIECES_MAX);
    this.#rest.push(Buffer.concat(pieces));
    if (this.#isSecret) for (const piece of pieces) piece.fill(0);
  }

  /** Length of the next frame once the whole frame is here. */
  #nextLength(): number | undefined {
    if (this.#held < LENGTH_BYTES) return undefined;
    const first = this.#rest[0];
    const head = first !== undefined && first.length >= LENGTH_BYTES ? first : this.#joined();
    const length = head.readUInt32BE(0);
    if (length < HEADER_BYTES || length > this.#frameBytesMax)
      throw new RangeError(`frame of ${length} bytes`);
    return this.#held >= LENGTH_BYTES + length ? length : undefined;
  }

  #take(bytes: number): Buffer {
    const all = this.#joined();
    this.#rest = all.length > bytes ? [all.subarray(bytes)] : [];
    this.#held -= bytes;
    return all.subarray(0, bytes);
  }

  #joined(): Buffer {
    if (this.#rest.length !== 1) {
      const pieces = this.#rest;
      this.#rest = [Buffer.concat(pieces)];
      if (this.#isSecret) for (const piece of pieces) piece.fill(0);
    }
    return this.#rest[0] ?? Buffer.alloc(0);
  }
}

/** The bytes are in memory that V8 does not move, so that clearing them clears the only copy. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
