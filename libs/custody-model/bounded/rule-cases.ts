import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { ALL_RECOVERY_RULES } from '#libs/custody/recovery.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { BINDING_PROMISES, bindingWorld } from '../binding-world.ts';
import { instanceJumpWorld, MUTE } from '../jump-world.ts';
import { searchKeys } from '../key-search.ts';
import type { KeyWorld } from '../key-world.ts';
import { ALL_END_RULES, epochEndWorld } from './epoch-end-world.ts';
import { heightRecoveryWorld, TWICE } from './height-recovery-world.ts';
import { LONE_PROMISES, loneKeyWorld } from './lone-key-world.ts';
import { STUCK } from './rescue.ts';
import { FORK, SPLIT } from './rounds-machine.ts';
import { promisesNoSplit, searchBroken } from './table-search.ts';

/** A rule that is taken out of the signer or of a table, and the promise that must break without it. */
export interface RuleCase {
  readonly protocol: string;
  readonly rule: string;
  readonly breaks: string;
  run(): RuleFound;
}

export interface RuleFound {
  readonly states: number;
  readonly broken: string | undefined;
  /** As few as it takes. */
  readonly signatures: number;
  /** What was signed; empty of searches that tell numbers alone. */
  readonly trace: readonly string[];
}

/** Two views show every rule of a height: a block, and the view after it. */
const SIZE = { views: 2, heights: 1 } as const;
/** A case that takes more is none. */
const CEILING = { bytesMax: 2 ** 31, untilMs: Number.POSITIVE_INFINITY } as const;

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
    ['ends', 'a key that signed above a block does not take it for the last of its epoch'],
    ['root', 'the heights up to the block that an epoch starts from are over'],
  ] as const;
  return cases.map(([name, rule]) => ({
    ...{ protocol: table.protocol, rule, breaks: FORK },
    run: () => foundIn(epochEndWorld(table, { ...ALL_END_RULES, [name]: false }), ALL_RULES),
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

/** Every column of the table that a promise rests on. */
function columnCases(table: VoteTable, lost: string): readonly RuleCase[] {
  const { protocol, kinds, prepared } = table;
  const rows = Object.entries(kinds);
  const of = (rule: string, breaks: string, changed: VoteTable): RuleCase => {
    return { protocol, rule, breaks, run: () => brokenIn(changed, breaks, ALL_RULES) };
  };
  const needing = rows.filter(([, { needs }]) => needs !== undefined);
  const steps = needing.map(([kind, { needs: _, ...row }]) =>
    of(`${kind} rests on a certificate`, lost, put(table, kind, row)),
  );
  const remembering = rows.filter(([, { remembers }]) => remembers !== undefined);
  const memories = remembering.map(([kind, { remembers: _, ...row }]) =>
    of(`${kind} is remembered`, lost, put(table, kind, row)),
  );
  const first = kinds[prepared];
  const noes = rows.filter(([kind, { step }]) => kind !== prepared && step === first?.step);
  return [
    ...steps,
    ...memories,
    ...(first === undefined
      ? []
      : [
          of(
            `${prepared} is for a block that is open`,
            lost,
            put(table, prepared, { ...first, grounds: 'none' }),
          ),
        ]),
    ...noes.map(([kind, row]) => ({
      ...{ protocol, rule: `${kind} is in the slot of ${prepared}`, breaks: LONE_PROMISES.contradicts },
      run: () => foundIn(loneKeyWorld(put(table, kind, { ...row, step: row.step - 1 })), ALL_RULES),
    })),
  ];
}

function brokenIn(table: VoteTable, promise: string, rules: Rules): RuleFound {
  const of = { isSplitBroken: promise === SPLIT, isMuteBroken: promise === STUCK };
  const now = { ceiling: CEILING, nowMs: () => 0 };
  const { states, broken, trace } = searchBroken({ table, ...SIZE, ...of, ...now, rules });
  return { states, broken, signatures: trace.length, trace };
}

function foundIn(world: KeyWorld, rules: Rules): RuleFound {
  const { states, broken, steps } = searchKeys(world, rules);
  return { states, broken, signatures: steps, trace: [] };
}

function put(table: VoteTable, kind: string, row: KindRow): VoteTable {
  return { ...table, kinds: { ...table.kinds, [kind]: row } };
}
