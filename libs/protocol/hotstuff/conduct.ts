import type { ConductNotice } from '../hosting/description.ts';
import type { Input } from '../module.ts';
import { type HotStuffMessage, proposalMember, proposalView } from './message.ts';
import type { HotStuffState } from './state.ts';
import { isSafe } from './voting.ts';

/** A proposal that conflicts with the lock gets no vote; it is no ground for a refusal, and not an honest leader's. */
export function unsafeProposal(
  before: HotStuffState,
  input: Input<HotStuffMessage>,
  after: HotStuffState,
): ConductNotice | undefined {
  const { proposal, locked } = after;
  const isNew = proposal !== undefined && proposal !== before.proposal && input.kind !== 'signed';
  if (!isNew || isSafe(after, proposal)) return undefined;
  const detail = `view ${proposalView(proposal)}, lock of view ${locked?.view}`;
  return { member: proposalMember(proposal), fault: 'proposal against the lock', detail };
}
