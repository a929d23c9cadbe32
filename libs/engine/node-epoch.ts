import { type Epoch, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ProtocolContext } from '#libs/protocol/module.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { circleKeys } from './membership/circle.ts';
import type { EpochFacts, MembershipBook } from './membership/membership-book.ts';
import type { Circle, NodePorts } from './node-ports.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';
import type { Mempool } from './transactions/mempool.ts';

/**
 * The state that the protocol starts from in an epoch.
 * @param record - Ignored when it is of another epoch.
 */
export function contextIn(
  { name, rules, chain }: Pick<NodePorts, 'name' | 'rules' | 'chain'>,
  { epoch, set, root, terms }: Membership,
  record: HostedRecord | undefined,
): ProtocolContext<HostedRecord> {
  const { digest, certificate } = chain.tip();
  const { id, votes, leaders } = rules.protocolOf(terms);
  return {
    me: placeIn(set, name),
    set,
    table: votes,
    scope: { chain: rules.chain, protocol: id, epoch },
    root,
    timing: rules.timingOf(terms),
    parameters: terms.parameters,
    leader: leaders(set),
    restored: record?.epoch === epoch ? record : undefined,
    tip: digest === root.digest ? rootCertificate(votes, votes.decides, root) : certificate,
  };
}

/** The position that a message reports, if it is one that asks for proofs of what it lacks. */
export function reportedIn(
  body: PeerMessageBody,
  { module }: Pick<HostedProtocol, 'module'>,
): Position | undefined {
  return body.kind === 'protocol' ? module.reported(body) : undefined;
}

/**
 * Drops transactions that can stand in no block of the new epoch, and gives the rest the new indices of their
 * senders.
 */
export function takeAlong(mempool: Mempool, book: MembershipBook, { epoch, set }: Membership): void {
  const before = epochBefore(book, epoch);
  if (before === undefined) return;
  const nameOf = (member: MemberIndex): string => before.set.members[member]?.name ?? '';
  // Evidence comes back from its desk, and a vote names the epoch that is over.
  const isOver = ({ kind }: Transaction): boolean => kind === 'system';
  mempool.enterEpoch(isOver, (member) => placeIn(set, nameOf(member)) ?? 'client');
}

/** The members and guests that a node meets after the newest final block. */
export function circleOf({ name, book, guests }: Pick<NodePorts, 'name' | 'book' | 'guests'>): Circle {
  const { epoch, set } = book.current;
  const keys = circleKeys(book.current, epochBefore(book, epoch), guests);
  return { epoch, keys, me: placeIn(set, name) };
}

function epochBefore(book: MembershipBook, epoch: Epoch): EpochFacts | undefined {
  return epoch === 0n ? undefined : book.epoch(toEpoch(epoch - 1n));
}
