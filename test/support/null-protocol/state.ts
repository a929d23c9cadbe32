import type { Block } from '#libs/chain/block.ts';
import { type Digest, type Epoch, type Height, type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Effect, FinalBlock, ProtocolContext } from '#libs/protocol/module.ts';
import { LEADER, type NullMessage, type NullProposal, type NullVote } from './message.ts';
import { NULL_TABLE } from './vote-table.ts';

/** The statements of a member about the height that is open. */
export interface NullRecord {
  readonly epoch: Epoch;
  readonly height: Height;
  readonly proposed?: Digest;
  readonly voted?: Digest;
}

export type NullContext = ProtocolContext<NullRecord>;
export type NullEffect = Effect<NullMessage, NullRecord>;

/** All that a member knows of the height that is open. */
export interface NullState {
  readonly context: NullContext;
  readonly record: NullRecord;
  /** The block below; undefined before the first `final`. */
  readonly tip?: FinalBlock;
  readonly work: boolean;
  readonly isBuilding: boolean;
  /** The own block, until its proposal is signed. */
  readonly draft?: Block;
  readonly proposal?: NullProposal;
  readonly votes: ReadonlyMap<MemberIndex, NullVote>;
  /** Members who are known to have voted for the height below. */
  readonly heard: ReadonlySet<MemberIndex>;
  /** The own messages of this height. */
  readonly said: readonly NullMessage[];
}

export function initialState(context: NullContext): NullState {
  const { restored, root, set } = context;
  const record = restored ?? { epoch: set.epoch, height: toHeight(root.height + 1n) };
  return { context, record, work: false, isBuilding: false, votes: new Map(), heard: new Set(), said: [] };
}

/** The next height is open. A record of it survives: the statements in it are made. */
export function opened({ context, record, work, votes }: NullState, tip: FinalBlock): NullState {
  const height = toHeight(tip.header.height + 1n);
  const own = record.height === height ? record : { epoch: record.epoch, height };
  const heard = new Set(record.height === tip.header.height ? votes.keys() : []);
  return { context, record: own, tip, work, isBuilding: false, votes: new Map(), heard, said: [] };
}

export function leads({ context }: NullState): boolean {
  return context.me === LEADER;
}

/** The proof for the signer that the height below is over; the members before decided the first block of an epoch. */
export function openingOf({ context, tip }: NullState): { readonly certificate?: QuorumCertificate } {
  const isFirst = tip === undefined || tip.header.height <= context.root.height;
  return isFirst ? {} : { certificate: tip.certificate };
}

/** The certificate that the votes for a block make, ascending by member. */
export function certificateOf({ votes }: NullState, digest: Digest): QuorumCertificate | undefined {
  const own = [...votes.values()].filter(({ block }) => block.digest === digest);
  const signatures = own
    .toSorted((a, b) => a.member - b.member)
    .map(({ member, signature }) => ({ member, signature }));
  const [first] = own;
  if (first === undefined) return undefined;
  const { height } = first.block;
  return {
    kind: NULL_TABLE.decides,
    instance: height,
    view: NULL_TABLE.firstView,
    height,
    digest,
    signatures,
  };
}
