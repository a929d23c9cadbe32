import { toMemberIndex, toView, type View } from '#libs/chain/ids.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { prng } from '#libs/random/prng.ts';
import { SimulatedFederation } from '../federation/federation.ts';
import { plannedLeaders, withPlannedLeaders } from '../plan/turns.ts';
import type { Subject } from '../subject/subject.ts';
import { LOCKSTEP_GENESIS } from './lockstep-blocks.ts';
import type { LockstepNode } from './lockstep-node.ts';

const TIMING = { viewTimeoutMs: 300, viewTimeoutMsMax: 3_000 };

export interface FoundingOptions {
  readonly members: number;
  /** Members that there are twice. */
  readonly twins: number;
  /** The leaders of the first views, as the scenario has them by then. */
  readonly planned: () => readonly number[];
}

/** The instances of a new federation, which did not start yet: one of each member, and behind them the second ones of twins. */
export function foundingNodes<State, Message, Record>(
  { module, leaders, parameters = {} }: Subject<State, Message, Record>,
  { members, twins, planned }: FoundingOptions,
): readonly LockstepNode<State>[] {
  const genesis = LOCKSTEP_GENESIS.digest;
  const table = withPlannedLeaders(module.votes, planned);
  const facts = { members, table, genesis, random: prng(0), parameters };
  const { scope, set, root } = new SimulatedFederation(facts).founding;
  const leader = (view: View) => plannedLeaders(planned(), table, leaders(set))(view);
  const owners = [...Array(members).keys(), ...Array(twins).keys()];
  return owners.map((owner) => {
    const me = toMemberIndex(owner);
    const tip = genesisCertificate(table, table.decides, genesis);
    const { state } = module.init({
      me,
      set,
      table,
      scope,
      root,
      timing: TIMING,
      parameters,
      leader,
      restored: undefined,
      tip,
    });
    const signed = { at: { instance: 0n, view: toView(0n) }, names: {}, isLeft: false };
    return { member: me, isTwin: owner < twins, state, signed, chain: [genesis], unjudged: [], timers: {} };
  });
}
