import { ALL_RULES } from '#libs/custody/judge.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { LONE_PROMISES, loneKeyWorld } from './lone-key-world.ts';
import { STUCK } from './rescue.ts';
import { brokenIn, foundIn, type RuleCase } from './rule-case.ts';

/** Every column of the table that a promise rests on. */
export function columnCases(table: VoteTable, lost: string): readonly RuleCase[] {
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
    of('views are left above the proven ones', STUCK, { ...table, viewJumpMax: 0n }),
    ...noes.map(([kind, row]) => ({
      ...{ protocol, rule: `${kind} is in the slot of ${prepared}`, breaks: LONE_PROMISES.contradicts },
      run: () => foundIn(loneKeyWorld(put(table, kind, { ...row, step: row.step - 1 })), ALL_RULES),
    })),
  ];
}

function put(table: VoteTable, kind: string, row: KindRow): VoteTable {
  return { ...table, kinds: { ...table.kinds, [kind]: row } };
}
