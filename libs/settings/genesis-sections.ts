import type { Encoder } from '#libs/bytes/encoder.ts';
import { type MemberKey, putKey } from '#libs/membership/member-keys.ts';
import { type MembershipPolicy, OPEN_POLICY } from '#libs/membership/policy.ts';
import {
  applicationBytes,
  type NamedApplication,
  protocolBytes,
  TERMS_SECTIONS,
} from '#libs/membership/term-sections.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { PLACED_PARAMETERS } from './genesis-parameters.ts';

/** The facts of a genesis that are hashed only where they say something new. */
interface SaidSections {
  readonly membership: MembershipPolicy;
  readonly protocol: string;
  readonly protocolParameters: ParameterValues;
  readonly protocolVersion?: number;
  readonly application?: NamedApplication;
  readonly transport?: string;
  readonly members: readonly { readonly keys?: readonly MemberKey[] }[];
}

const MEMBERSHIP_TAG = 'btcfed/membership-policy/v1';
const PROTOCOL_TAG = 'btcfed/protocol-parameters/v1';
const TERMS_TAG = 'btcfed/genesis-terms/v1';
const KEYS_TAG = 'btcfed/member-keys/v1';
const TRANSPORT_TAG = 'btcfed/genesis-transport/v1';

/** The sections behind the members, each with a text of its own before it, in this order (proto/FORMATS.md, 3). */
export function putSections(encoder: Encoder, genesis: SaidSections): Encoder {
  const sections = [putPolicy, putProtocol, putTerms, putKeys, putTransport];
  return sections.reduce((all, put) => put(all, genesis), encoder);
}

function putPolicy(encoder: Encoder, { membership }: SaidSections): Encoder {
  if (isOpen(membership)) return encoder;
  return encoder
    .text(MEMBERSHIP_TAG)
    .u32(membership.membersMin)
    .u32(membership.membersMax)
    .u32(membership.step)
    .u32(membership.growthMax)
    .u32(membership.epochBlocksMin);
}

function putProtocol(encoder: Encoder, genesis: SaidSections): Encoder {
  const others = protocolNumbers(genesis, false);
  if (others.length === 0) return encoder;
  encoder.text(PROTOCOL_TAG).u32(others.length);
  for (const [name, value] of others) encoder.text(name).u64(BigInt(value));
  return encoder;
}

/** Terms that have no place elsewhere, by the tags and in the bytes that a handover has for them. */
function putTerms(encoder: Encoder, { protocol, protocolVersion, application }: SaidSections): Encoder {
  const sections = [
    ...(protocolVersion === undefined
      ? []
      : [
          {
            tag: TERMS_SECTIONS.protocol,
            content: protocolBytes({ id: protocol, version: protocolVersion }),
          },
        ]),
    ...(application === undefined
      ? []
      : [{ tag: TERMS_SECTIONS.application, content: applicationBytes(application) }]),
  ];
  if (sections.length === 0) return encoder;
  encoder.text(TERMS_TAG).u32(sections.length);
  for (const { tag, content } of sections) encoder.u16(tag).prefixed(content);
  return encoder;
}

function putKeys(encoder: Encoder, { members }: SaidSections): Encoder {
  const keyed = members.flatMap(({ keys = [] }, index) => (keys.length === 0 ? [] : [{ index, keys }]));
  if (keyed.length === 0) return encoder;
  encoder.text(KEYS_TAG).u32(keyed.length);
  for (const { index, keys } of keyed) {
    encoder.u32(index).u32(keys.length);
    for (const key of keys) putKey(encoder, key);
  }
  return encoder;
}

function putTransport(encoder: Encoder, { transport }: SaidSections): Encoder {
  return transport === undefined ? encoder : encoder.text(TRANSPORT_TAG).text(transport);
}

/** The numbers of the protocol in the section `parameters`, or those in `protocol_parameters`, names ascending. */
export function protocolNumbers(
  { protocolParameters }: Pick<SaidSections, 'protocolParameters'>,
  isPlaced: boolean,
): readonly (readonly [string, number])[] {
  const all = Object.entries(protocolParameters);
  const here = all.filter(([name]) => PLACED_PARAMETERS.includes(name) === isPlaced);
  return here.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Whether a policy allows all that the engine can do, as a genesis without one does. */
export function isOpen(policy: MembershipPolicy): boolean {
  const names = Object.keys(OPEN_POLICY) as (keyof MembershipPolicy)[];
  return names.every((name) => policy[name] === OPEN_POLICY[name]);
}
