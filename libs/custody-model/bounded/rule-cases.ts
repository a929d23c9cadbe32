import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { ALL_RECOVERY_RULES } from '#libs/custody/recovery.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { BINDING_PROMISES, bindingWorld } from '../binding-world.ts';
import { instanceJumpWorld, MUTE } from '../jump-world.ts';
import type { KeyWorld } from '../key-world.ts';
import { columnCases } from './column-cases.ts';
import { ALL_END_RULES, epochEndWorld, THREE_HEIGHTS, TWO_HEIGHTS } from './epoch-end-world.ts';
import { heightRecoveryWorld, TWICE } from './height-recovery-world.ts';
import { LONE_PROMISES, loneKeyWorld } from './lone-key-world.ts';
import { FORK, SPLIT } from './rounds-machine.ts';
import { brokenIn, foundIn, type RuleCase } from './rule-case.ts';
import { promisesNoSplit } from './table-search.ts';

/** Whether a rule cannot be taken out of a table of rounds: without a kind for derived blocks no vote shows a header to its key. */
export function isApart({ kinds }: VoteTable, rule: string): boolean {
  return rule === 'blocks' && Object.values(kinds).every(({ derived }) => derived !== true);
}

/** Every rule, taken out of a protocol of rounds. */
export function ruleCases(table: VoteTable): readonly RuleCase[] {
  const { protocol } = table;
  const lost = promisesNoSplit(table) ? SPLIT : FORK;
  const shared = (['slots', 'marks', 'leaving', 'certificates', 'lock', 'reports'] as const).map(
    (rule): RuleCase => ({
      ...{ protocol, rule, breaks: lost },
      run: () => brokenIn(table, lost, { ...ALL_RULES, [rule]: false }),
    }),
  );
  const { contradicts, hides, usurps, unproposed } = LONE_PROMISES;
  const alone: Breaks = { slots: contradicts, marks: hides, leaving: hides, reports: hides };
  const headers: Breaks = isApart(table, 'blocks') ? {} : { blocks: unproposed };
  const bindings: Breaks = {
    active: BINDING_PROMISES.active,
    sessions: BINDING_PROMISES.session,
    chain: BINDING_PROMISES.chain,
    epochs: BINDING_PROMISES.epoch,
    members: BINDING_PROMISES.member,
    repeats: BINDING_PROMISES.repeat,
  };
  return [
    ...shared,
    ...withoutEach(protocol, { ...alone, leaders: usurps, proposals: unproposed, ...headers }, () =>
      loneKeyWorld(table),
    ),
    ...withoutEach(protocol, { jump: MUTE }, () => instanceJumpWorld(table)),
    ...withoutEach(protocol, bindings, () => bindingWorld(table)),
    ...endCases(table),
    ...recoveryCases(table),
    ...columnCases(table, lost),
  ];
}

type Breaks = Partial<Record<keyof Rules, string>>;

function withoutEach(protocol: string, breaks: Breaks, world: () => KeyWorld): readonly RuleCase[] {
  return Object.entries(breaks).map(([rule, promise]) => ({
    ...{ protocol, rule, breaks: promise },
    run: () => foundIn(world(), { ...ALL_RULES, [rule]: false }),
  }));
}

function endCases(table: VoteTable): readonly RuleCase[] {
  const cases = [
    ['ends', TWO_HEIGHTS, 'a key that signed above a block does not take it for the last of its epoch'],
    ['open', THREE_HEIGHTS, 'nor does one for which a height opened that a decision above it alone opens'],
    ['root', TWO_HEIGHTS, 'the heights up to the block that an epoch starts from are over'],
  ] as const;
  return cases.map(([name, heights, rule]) => ({
    ...{ protocol: table.protocol, rule, breaks: FORK },
    run: () =>
      foundIn(epochEndWorld(table, { rules: { ...ALL_END_RULES, [name]: false }, heights }), ALL_RULES),
  }));
}

function recoveryCases(table: VoteTable): readonly RuleCase[] {
  const cases = [
    ['nonce', 'a key comes back on a block that is younger than the loss'],
    ['heights', 'and signs nothing of its height or below'],
  ] as const;
  return cases.map(([name, rule]) => ({
    ...{ protocol: table.protocol, rule, breaks: TWICE },
    run: () => foundIn(heightRecoveryWorld(table, { ...ALL_RECOVERY_RULES, [name]: false }), ALL_RULES),
  }));
}
