import { toHex } from '#libs/bytes/hex.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import { HttpError } from '#libs/http/http-error.ts';
import type { HttpAnswer, HttpRequest, HttpRoute } from '#libs/http/route.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { MessageJson } from './message-json.ts';
import { decidedHeightOf, isRouteOf, routeOf, routesOf } from './routes-of-messages.ts';

export interface MessageRoutesOptions {
  readonly codec: MessageJson;
  /** The member or guest with this key; undefined: nobody of this chain. */
  readonly memberOf: (key: Uint8Array) => MemberIndex | undefined;
  readonly isMuted: (key: string) => boolean;
  /** Height of the newest final block here. */
  readonly finalHeight: () => bigint;
  /** Whether a body with transactions of so many bytes may come of this member now. */
  readonly maySendTransactions: (key: string, sizeBytes: number) => boolean;
  /** Hands a message to the node as every message of a member. @returns what became of it. */
  readonly hear: (from: MemberIndex, payload: Uint8Array) => Heard;
}

/** The fate of a message. */
export interface Heard {
  /** Undefined: it was not read. */
  readonly read: ReadPeerMessage | undefined;
  readonly refused: RefusalCause | undefined;
  /** The same bytes came from this member before. */
  readonly isRepeated: boolean;
}

/** Told when a vote came before (TinyWeb's words). */
export const ALREADY_COUNTED = 'Vote Already Counted';

/** Told when the block of a decision is final here (TinyWeb's words). */
export const ALREADY_PROCESSED = 'Block already Processed';

const TRANSACTIONS = '/TransactionInternal';
const VOTES: readonly string[] = ['/VerificationVote', '/CommitVote', '/MissingProposer'];

/** The routes of all messages between members: each takes the message of its name alone, of a member by its certificate. */
export function messageRoutes(options: MessageRoutesOptions): readonly HttpRoute[] {
  const kinds = [...options.codec.kinds];
  return kinds.flatMap((kind) => routesOf(kind).map((path) => messageRoute(path, kind, options)));
}

function messageRoute(path: string, kind: string, options: MessageRoutesOptions): HttpRoute {
  return {
    method: 'POST',
    path,
    summary: `Takes the message ${kind} of a member: btcfed.peer.v1.PeerMessage as proto3 JSON.`,
    schema: {
      type: 'object',
      properties: {
        chainTag: { type: 'string', description: 'first 8 bytes of the genesis digest, base64' },
        epoch: { type: 'string', description: 'epoch of the sender; left out: 0' },
        [kind]: { type: 'object', description: `as in proto/btcfed/peer/v1/peer.proto` },
      },
      required: ['chainTag', kind],
      additionalProperties: false,
    },
    admit: ({ publicKey }) => {
      const { key } = memberBehind(publicKey, options);
      if (options.isMuted(key)) throw comeAgain('nothing of this member is read for a while');
    },
    handle: (request) => take(request, { path, ...options }),
  };
}

function take(
  { caller, body }: HttpRequest,
  { path, ...options }: MessageRoutesOptions & { readonly path: string },
): HttpAnswer {
  // Members may have changed since the request began.
  const { key, from } = memberBehind(caller.publicKey, options);
  const message = options.codec.toBytes(body);
  if (message === undefined) {
    throw bad('body: not a message of a member', 'send btcfed.peer.v1.PeerMessage as proto3 JSON');
  }
  if (!isRouteOf(path, message.kind, body)) {
    throw bad(`body: a message for ${routeOf(message.kind, body)}`, 'post it there');
  }
  if (path === TRANSACTIONS && !options.maySendTransactions(key, message.payload.length)) {
    throw comeAgain('this member sends more transactions than are taken in a second');
  }
  const height = decidedHeightOf(body);
  const isProcessed = height !== undefined && height <= options.finalHeight();
  return answerTo(path, options.hear(from, message.payload), isProcessed);
}

function memberBehind(
  publicKey: Uint8Array | undefined,
  { memberOf }: Pick<MessageRoutesOptions, 'memberOf'>,
): { readonly key: string; readonly from: MemberIndex } {
  if (publicKey === undefined) {
    throw unknown('no certificate over an Ed25519 key', 'show the certificate of a member');
  }
  const from = memberOf(publicKey);
  const key = toHex(publicKey);
  if (from !== undefined) return { key, from };
  const cure = 'its key must be the gateway key of a member in genesis.json or in the members of now';
  throw unknown(`the key ${key} of the certificate is of no member of this chain`, cure);
}

function answerTo(path: string, { read, refused, isRepeated }: Heard, isProcessed: boolean): HttpAnswer {
  if (refused === 'overloaded') throw comeAgain('this member hears no more of the caller for now');
  if (read === undefined) throw bad(`refused: ${refused ?? 'it could not be read'}`, 'send it as members do');
  // One of another epoch or one that lacks parts is no fault of its form.
  if (!read.ok && read.cause !== 'wrong-epoch' && read.cause !== 'unresolved') {
    throw bad(`refused as ${read.cause}: ${read.detail}`, 'send it as members of this chain do');
  }
  if (isProcessed) return { status: 200, body: { response: ALREADY_PROCESSED } };
  const isVote = isRepeated && VOTES.includes(path);
  return { status: 200, body: { response: isVote ? ALREADY_COUNTED : 'Heard' } };
}

function bad(error: string, cure: string): HttpError {
  return new HttpError({ status: 400, error, field: 'body', cure });
}

function unknown(error: string, cure: string): HttpError {
  return new HttpError({ status: 401, error, field: 'certificate', cure });
}

function comeAgain(error: string): HttpError {
  return new HttpError({
    status: 429,
    error,
    field: '',
    cure: 'come again after the seconds in Retry-After',
  });
}
