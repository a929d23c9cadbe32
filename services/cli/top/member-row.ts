import { type GetStatusResponse, ReplicaMode } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { modeText, quorumText, reachesQuorum } from '#services/launcher/adapters/member-status.ts';
import type { MemberAnswer, PolledMember } from './member-poll.ts';

/** How a member does: it decides with the others, it is on the way there, or somebody must look. */
export type MemberHealth = 'good' | 'on the way' | 'bad';

/** One member as a view shows it, in JSON too. */
export interface MemberRow {
  readonly name: string;
  readonly address: string;
  readonly health: MemberHealth;
  /** In one or two words. */
  readonly state: string;
  /** In a sentence; of a member that gives no answer the reason. */
  readonly mode: string;
  /** Left out while it gives no answer. */
  readonly told?: ToldOfMember;
}

export interface ToldOfMember {
  /** Final. */
  readonly height: bigint;
  readonly view: bigint;
  readonly leader: string;
  /** Connected. */
  readonly peers: number;
  /** Transactions. */
  readonly mempool: number;
  /** Milliseconds; 0: none since its start. */
  readonly lastCommitMs: number;
  /** The votes of the view at hand that it holds, by step, beside those that decide; undefined: an older version. */
  readonly votes: readonly VotesHeld[] | undefined;
  /** Whom it reaches, in a sentence; undefined: an older version. */
  readonly quorum: string | undefined;
  readonly reachesQuorum: boolean;
  readonly reachable: number | undefined;
}

interface VotesHeld {
  readonly step: string;
  /** Members, or their weight where that differs. */
  readonly held: bigint;
  readonly needed: bigint;
}

export function memberRow({ name, address }: PolledMember, answer: MemberAnswer): MemberRow {
  if (answer.kind === 'none-yet')
    return { name, address, health: 'on the way', state: 'asked', mode: 'asked, and gave no answer yet' };
  if (answer.kind === 'silent')
    return { name, address, health: 'bad', state: 'no answer', mode: answer.sentence };
  const { status, leader } = answer;
  const own = status.header?.member ?? '';
  return {
    name: own === '' ? name : own,
    address,
    ...stateOf(status),
    mode: modeText(status),
    told: {
      height: status.header?.finalHeight ?? 0n,
      view: status.header?.view ?? 0n,
      leader,
      peers: status.connectedPeers,
      mempool: status.mempoolTransactions,
      lastCommitMs: Math.round(status.lastCommitMs),
      votes: votesOf(status),
      quorum: quorumText(status),
      reachesQuorum: reachesQuorum(status),
      reachable: status.quorum?.reachable,
    },
  };
}

/** The first that holds: states that stop a member altogether stand before those that only keep it from deciding. */
function stateOf(status: GetStatusResponse): Pick<MemberRow, 'health' | 'state'> {
  const { mode, signerFault, guest } = status;
  if (mode === ReplicaMode.HALTED) return { health: 'bad', state: 'halted' };
  if (mode === ReplicaMode.CATCHING_UP) return { health: 'on the way', state: 'catching up' };
  if (signerFault !== '') return { health: 'bad', state: 'no votes' };
  if (!reachesQuorum(status)) return { health: 'bad', state: 'no quorum' };
  return { health: 'good', state: guest ? 'guest' : 'active' };
}

function votesOf({ tally }: GetStatusResponse): readonly VotesHeld[] | undefined {
  return tally?.steps.map(({ step, members, weight }) =>
    tally.needed === undefined
      ? { step, held: weight, needed: tally.neededWeight }
      : { step, held: BigInt(members), needed: BigInt(tally.needed) },
  );
}
