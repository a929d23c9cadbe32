import { headerDigest } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { certificateFault } from '#libs/protocol/certificate.ts';
import type { Admission, RefusalCause } from '#libs/protocol/module.ts';
import { positionBefore } from '#libs/protocol/vote/position.ts';
import { LEADER, type NullMessage, type NullProposal, type NullVote, positionOf } from './message.ts';
import type { NullState } from './state.ts';
import { NULL_TABLE } from './vote-table.ts';

/** The cheap checks of a message. */
export function admitNull(state: NullState, from: MemberIndex, message: NullMessage): Admission {
  const { context, record } = state;
  if (message.kind === 'decision') {
    const { certificate } = message;
    if (certificate.height < record.height) return refuse('stale');
    const fault = certificateFault(certificate, context.set, context.root, NULL_TABLE);
    return fault === undefined ? { ok: true } : { ok: false, cause: 'invalid', fault };
  }
  if (message.member !== from) return refuse('wrong-sender');
  const height = message.kind === 'proposal' ? message.block.header.height : message.block.height;
  if (height > record.height) return refuse('far-future');
  if (height < record.height) {
    const at = positionOf(height);
    return { ok: false, cause: 'stale', behind: { at, decided: positionBefore(at) } };
  }
  return message.kind === 'proposal' ? admitProposal(state, message) : admitVote(state, message);
}

function admitProposal({ proposal, tip, record }: NullState, { member, block }: NullProposal): Admission {
  if (member !== LEADER) return refuse('wrong-sender');
  const { header, digest } = block;
  if (proposal !== undefined) return refuse(proposal.block.digest === digest ? 'duplicate' : 'equivocation');
  const isOpen = header.parent === tip?.digest && header.epoch === record.epoch;
  return isOpen && headerDigest(header) === digest ? { ok: true } : refuse('invalid');
}

function admitVote({ votes }: NullState, { member }: NullVote): Admission {
  return votes.has(member) ? refuse('duplicate') : { ok: true };
}

function refuse(cause: RefusalCause): Admission {
  return { ok: false, cause };
}
