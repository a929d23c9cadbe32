import { BINDING_PROMISES, bindingWorld } from './binding-world.ts';
import { HOTSTUFF_CASES } from './hotstuff-promises.ts';
import { eachRule, type PromiseCase } from './promise-case.ts';

const BINDING_CASES: readonly PromiseCase[] = eachRule(
  { protocol: 'hotstuff', name: 'sessions, chains, epochs and members', world: () => bindingWorld() },
  {
    active: BINDING_PROMISES.active,
    sessions: BINDING_PROMISES.session,
    chain: BINDING_PROMISES.chain,
    epochs: BINDING_PROMISES.epoch,
    members: BINDING_PROMISES.member,
    repeats: BINDING_PROMISES.repeat,
  },
);

/** Searches for promises of HotStuff that the search over many blocks (fork-cases.ts) does not show. */
export const PROMISE_CASES: readonly PromiseCase[] = [...HOTSTUFF_CASES, ...BINDING_CASES];
