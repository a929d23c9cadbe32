import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/** The codec of one message type, as ts-proto generates it. */
export interface Codec<Message> {
  encode(message: Message, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): Message;
}

/** One method of a ts-proto generic service definition. */
export interface GenericMethod {
  readonly name: string;
  readonly requestType: Codec<unknown>;
  readonly requestStream: boolean;
  readonly responseType: Codec<unknown>;
  readonly responseStream: boolean;
}

/** A ts-proto generic service definition (`XServiceDefinition` of libs/proto). */
export interface GenericService {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, GenericMethod>>;
}

export type RequestOf<Method> = Method extends { readonly requestType: Codec<infer Request> }
  ? Request
  : never;
export type ResponseOf<Method> = Method extends { readonly responseType: Codec<infer Response> }
  ? Response
  : never;

/** Chooses by the shape of a method. A client stream with one answer is in none of our contracts: it is `never`. */
export type ByShape<Method, Unary, ServerStream, Bidi> = Method extends { readonly requestStream: true }
  ? Method extends { readonly responseStream: true }
    ? Bidi
    : never
  : Method extends { readonly responseStream: true }
    ? ServerStream
    : Unary;

/** A function type whose parameters TypeScript compares both ways: for code that handles all methods alike. */
export type Loose<Parameters extends readonly unknown[], Result> = {
  call(...parameters: Parameters): Result;
}['call'];
