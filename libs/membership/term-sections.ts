import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { PROTOCOL_NAME_BYTES_MAX } from '#libs/protocol/vote/table-fault.ts';
import {
  APPLICATION_NAME_BYTES_MAX,
  KEY_SCHEME_BYTES_MAX,
  PARAMETER_NAME_BYTES_MAX,
  PARAMETERS_MAX,
} from './limits.ts';

/** A protocol as a change or a genesis names it. */
export interface NamedProtocol {
  readonly id: string;
  /** u32; the first is 1. */
  readonly version: number;
}

/** An application as a change or a genesis names it. */
export interface NamedApplication extends NamedProtocol {
  /** Every number of it. */
  readonly parameters: ParameterValues;
}

/** The tags of sections by name. A change with one of the last two is read, and refused by this version. */
export const TERMS_SECTIONS = { protocol: 1, parameters: 2, scheme: 3, application: 4 } as const;

/** The name of a number of a protocol or an application. */
export const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Section 1: text id | u32 version. */
export function protocolBytes({ id, version }: NamedProtocol): Uint8Array {
  return new Encoder().text(id).u32(version).finish();
}

export function protocolFrom(content: Uint8Array): NamedProtocol | undefined {
  const decoder = new Decoder(content);
  const protocol = { id: decoder.text(PROTOCOL_NAME_BYTES_MAX), version: decoder.u32() };
  return decoder.isWhole ? protocol : undefined;
}

/** Section 2: u32 numbers, and for each text name, ascending | u64 value. */
export function parametersBytes(values: ParameterValues): Uint8Array {
  return putParameters(new Encoder(), values).finish();
}

export function parametersFrom(content: Uint8Array): ParameterValues | undefined {
  const decoder = new Decoder(content);
  const values = takeParameters(decoder);
  return decoder.isWhole ? values : undefined;
}

/** Section 3: text scheme. */
export function schemeBytes(scheme: string): Uint8Array {
  return new Encoder().text(scheme).finish();
}

export function schemeFrom(content: Uint8Array): string | undefined {
  const decoder = new Decoder(content);
  const scheme = decoder.text(KEY_SCHEME_BYTES_MAX);
  return decoder.isWhole ? scheme : undefined;
}

/** Section 4: text id | u32 version | its numbers as in section 2. */
export function applicationBytes({ id, version, parameters }: NamedApplication): Uint8Array {
  return putParameters(new Encoder().text(id).u32(version), parameters).finish();
}

export function applicationFrom(content: Uint8Array): NamedApplication | undefined {
  const decoder = new Decoder(content);
  const named = { id: decoder.text(APPLICATION_NAME_BYTES_MAX), version: decoder.u32() };
  const parameters = takeParameters(decoder);
  return parameters !== undefined && decoder.isWhole ? { ...named, parameters } : undefined;
}

function putParameters(encoder: Encoder, values: ParameterValues): Encoder {
  const all = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  encoder.u32(all.length);
  for (const [name, value] of all) encoder.text(name).u64(BigInt(value));
  return encoder;
}

function takeParameters(decoder: Decoder): ParameterValues | undefined {
  const count = decoder.u32();
  if (count > PARAMETERS_MAX) return undefined;
  const values: [string, number][] = [];
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const name = decoder.text(PARAMETER_NAME_BYTES_MAX);
    const value = decoder.u64();
    const isNext = PARAMETER_NAME.test(name) && name > (values.at(-1)?.[0] ?? '');
    if (!isNext || value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    values.push([name, Number(value)]);
  }
  return Object.fromEntries(values);
}
