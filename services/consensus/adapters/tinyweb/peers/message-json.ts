import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJsonString,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { FILE_DESCRIPTOR_SET } from '#libs/proto/descriptor-set.ts';

const TYPE = 'btcfed.peer.v1.PeerMessage';

/** A message as proto3 JSON, and the kind of its body as the JSON says it: `roundsVote`. */
export interface JsonMessage {
  readonly kind: string;
  /** The JSON as a value, and as text. */
  readonly value: unknown;
  readonly json: string;
}

/**
 * Messages of peers between their bytes and proto3 JSON. Both are the same message: nothing is signed or judged here, and the reader of
 * the bytes is the one that messages of every transport come to.
 */
export class MessageJson {
  readonly #type: DescMessage;
  readonly #kinds: ReadonlySet<string>;

  constructor() {
    const set = fromBinary(FileDescriptorSetSchema, Buffer.from(FILE_DESCRIPTOR_SET, 'base64'));
    const type = createFileRegistry(set).getMessage(TYPE);
    if (type === undefined) throw new Error(`${TYPE} is in no descriptor`);
    this.#type = type;
    this.#kinds = new Set(type.oneofs.flatMap(({ fields }) => fields.map(({ jsonName }) => jsonName)));
  }

  /** The kinds of bodies. */
  get kinds(): ReadonlySet<string> {
    return this.#kinds;
  }

  /** The bytes are those of our own encoder. */
  toJson(payload: Uint8Array): JsonMessage {
    const value = toJson(this.#type, fromBinary(this.#type, payload));
    return { kind: this.#kindOf(value) ?? '', value, json: JSON.stringify(value) };
  }

  /** @returns undefined for JSON that is no message: an unknown field, another type, no body. */
  toBytes(value: unknown): { readonly kind: string; readonly payload: Uint8Array } | undefined {
    const kind = this.#kindOf(value);
    if (kind === undefined) return undefined;
    try {
      const message = fromJsonString(this.#type, JSON.stringify(value));
      return { kind, payload: toBinary(this.#type, message) };
    } catch {
      // The library throws plain errors for whatever a peer wrote.
      return undefined;
    }
  }

  #kindOf(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.keys(value).find((key) => this.#kinds.has(key));
  }
}
