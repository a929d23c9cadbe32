import type { Block } from '#libs/chain/block.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';

/** Bytes of a message on the wire, or why they are none. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly cause: RefusalCause };

/** The wire format of production. Where the simulation has one, every message passes through it. */
export interface WireCodec<Message> {
  /** The largest message that is read at all. */
  readonly bytesMax: number;
  encode(message: Message): Uint8Array;
  /** Never throws, for any bytes. */
  decode(bytes: Uint8Array): Decoded<Message>;
  /** A message as it is read at the other end. @throws for one that cannot be written, which only liars make. */
  carried(message: Message): Decoded<Message>;
  /** A block as it is read at the other end; undefined for one that is read as none. */
  carriedBlock(block: Block): Block | undefined;
}
