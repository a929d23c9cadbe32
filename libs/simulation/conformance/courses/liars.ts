import { toMemberIndex } from '#libs/chain/ids.ts';
import type { SimulatedProtocol } from '../../campaign/simulated-protocol.ts';
import { AMNESIAC, TWIN } from '../../plan/plan.ts';
import { type Course, staticCourse } from '../words/course.ts';

/** The lies that a protocol must bear, by what a member does, whatever its messages are called. */
const ROLES = [
  ...['equivocator', 'stale-leader', 'misjustifier', 'invalid-leader', 'usurper', 'double-voter'],
  ...['selective', 'silent', 'dawdler', 'stutterer', 'forger', 'understater', 'replayer', 'glutton'],
  ...['flooder', 'inflater', 'garbler', 'byte-garbler', 'turncoat', 'sync-liar', 'clock-liar'],
  ...[TWIN, AMNESIAC, 'mutating-twin'],
];

/** C5: a protocol without one of the liars would come through its seeds too easily. */
export const ROLES_PRESENT = staticCourse('roles', 'C5', ({ simulated }) =>
  ROLES.filter((name) => !simulated.actors.includes(name)).map((name) => `nobody lies as ${name} does`),
);

/** Liars that sign two statements for one slot. */
const CONTRADICTING = ['equivocator', 'double-voter', TWIN];

const MEMBERS = 4;
const FIRST_SEED = 600_000;
const LIAR = toMemberIndex(1);

/** C11: within some seeds, an honest member holds proof against each liar that contradicts itself, and none against another. */
export const LIARS_NAMED: Course = {
  name: 'liars',
  judges: ['C11'],
  open: ({ simulated }, { evidenceSeeds }) => ({
    parts: CONTRADICTING.length,
    run: (part) => {
      const actor = CONTRADICTING[part] ?? '';
      const isThere = simulated.actors.includes(actor);
      const { runs, fault } = isThere
        ? hunt(simulated, actor, evidenceSeeds)
        : { runs: 1, fault: 'nobody lies so' };
      const failure = { case: 'C11', kind: 'other', name: actor } as const;
      return { runs, failures: fault === undefined ? [] : [{ ...failure, text: fault }] };
    },
  }),
};

/** Runs seeds with one liar until it is named. */
function hunt({ run }: SimulatedProtocol, actor: string, seeds: number) {
  const byzantine = [{ member: LIAR, actor }];
  for (let at = 0; at < seeds; at++) {
    const options = { seed: FIRST_SEED + at, members: MEMBERS, byzantine, faults: FAULTS };
    const { accused } = run(options).sightings;
    const wrong = accused.find(({ member }) => member !== LIAR);
    if (wrong !== undefined)
      return { runs: at + 1, fault: `member ${wrong.member} is accused, and did not lie` };
    if (accused.length > 0) return { runs: at + 1, fault: undefined };
  }
  return { runs: seeds, fault: `it is not named in ${seeds} seeds` };
}

/** Splits and lateness alone: they bring the two statements before different members. */
const FAULTS = ['delay', 'partitions', 'splits'];
