import { HOTSTUFF_PROMISES } from './hotstuff-broken.ts';
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
  ...eachRule({ protocol: 'hotstuff', name: 'far views', world: viewJumpWorld }, { jump: MUTE }),
];
