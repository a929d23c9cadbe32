import { ALL_RULES } from '#libs/custody/judge.ts';
import { HOTSTUFF_PROMISES } from './hotstuff-broken.ts';
import { hotStuffEndWorld } from './hotstuff-end-world.ts';
import { type HotStuffPlan, hotStuffWorld } from './hotstuff-world.ts';
import { MUTE, viewJumpWorld } from './jump-world.ts';
import { type Breaks, eachRule, type PromiseCase } from './promise-case.ts';

const { fork, hides, twice, usurps, unproposed } = HOTSTUFF_PROMISES;

function hotStuff(name: string, plan: HotStuffPlan, breaks: Breaks): PromiseCase[] {
  return eachRule({ protocol: 'hotstuff', name, world: () => hotStuffWorld(plan) }, breaks);
}

/** A block, and in the next view a rival of it and a block on it. */
const RIVALS = [
  { view: 1, parent: undefined },
  { view: 2, parent: undefined },
  { view: 2, parent: 0 },
];

/** Two blocks of one view, one of which its honest leader does not propose. */
const TWO_OF_ONE = [
  { view: 1, parent: undefined },
  { view: 1, parent: undefined },
  { view: 2, parent: 0 },
];

const END = { protocol: 'hotstuff', name: 'the end of an epoch', rules: ALL_RULES } as const;

const ENDS: readonly PromiseCase[] = [
  { ...END, mustBreak: undefined, world: () => hotStuffEndWorld(true) },
  {
    ...END,
    name: 'the end of an epoch, below a block that a key gave its COMMIT',
    rule: 'a key that gave its COMMIT above a block does not take it for the last of its epoch',
    mustBreak: fork,
    world: () => hotStuffEndWorld(false),
  },
];

/** HotStuff, with the blocks that show each rule. */
export const HOTSTUFF_CASES: readonly PromiseCase[] = [
  ...hotStuff('false headers', { forges: true, blocks: RIVALS }, { blocks: fork }),
  ...hotStuff(
    'views that are given up',
    { timeouts: [1], blocks: [{ view: 1, parent: undefined }] },
    { leaving: hides, reports: hides, marks: hides },
  ),
  ...hotStuff(
    'an honest leader',
    { leader: 0, proposes: true, blocks: TWO_OF_ONE },
    { leaders: usurps, proposals: unproposed, slots: twice },
  ),
  ...ENDS,
  ...eachRule({ protocol: 'hotstuff', name: 'far views', world: viewJumpWorld }, { jump: MUTE }),
];
