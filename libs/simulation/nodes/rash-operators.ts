import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import { nodeOf } from '../federation/federation.ts';
import { signedVote } from '../federation/signed-vote.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

const EVERY_MS = 500;

/** More blocks than any simulation makes. */
const LONG = 100_000n;

/** A section of terms that nobody has a rule for. */
const STRANGE = { needs: '0.0.0', others: [{ tag: 77, content: Uint8Array.of(1) }] };

/**
 * Brings votes of all members, truly signed, for changes that cannot be in force: with too few members left, and with terms that no version has a
 * rule for. Operators err like that, whoever carries their votes; only the rules stand between a quorum of them and the federation.
 */
export function rashOperators(tools: ClerkTools): Clerk {
  const again = (): void => {
    tools.owner.later(EVERY_MS, () => {
      carry(tools);
      again();
    });
  };
  again();
  return { proposes: (message) => message, answers: (_to, body) => [body] };
}

/** Two changes an epoch: members have more votes than these at a time. */
function carry({ book, owner, peers, random, seat }: ClerkTools): void {
  const { chain, epoch, roster, root, terms } = book.current;
  const base = { chain, epoch, leave: [], join: [] };
  const changes: readonly MembershipChange[] = [
    { ...base, leave: roster.slice(1).map(({ name }) => name) },
    { ...base, terms: STRANGE },
  ];
  const change = random.pick(changes);
  const goodUntil = toHeight(root.height + LONG);
  const transactions = roster.map((facts, at) => {
    const vote = { change, goodUntil, member: toMemberIndex(at), protocol: terms.protocol };
    return signedVote(owner.setting.federation, nodeOf(facts), vote);
  });
  const body = { kind: 'transactions', transactions } as const;
  peers().post('all', { kind: 'peer', body, epoch: seat.epoch.scope.epoch, bytes: 0 });
}
