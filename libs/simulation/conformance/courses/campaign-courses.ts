import { openCrashes } from '../../campaign/open-crashes.ts';
import { openTask } from '../../campaign/open-task.ts';
import type { Batch, OpenTask } from '../../campaign/task.ts';
import type { CaseId } from '../words/case-id.ts';
import type { Course, CourseBatch, OpenCourse } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { drawnOrder } from './drawn-order.ts';

const MEMBERS = 4;
const SAMPLED_MEMBERS = 7;
const FIRST_SEED = 500_000;

/** C6: every Twins scenario of four members, in lockstep. */
export const TWINS: Course = {
  name: 'twins',
  judges: ['C6'],
  isShared: true,
  open: (candidate, { twinsViews, twinsEvery }) => {
    const { table, simulated } = candidate;
    const task = { kind: 'twins', protocol: table.protocol, members: MEMBERS } as const;
    return each('C6', simulated.twins({ ...task, twins: 1, views: twinsViews }), {
      every: twinsEvery,
      candidate,
    });
  },
};

/** C6: Twins scenarios of seven members on the whole replica, drawn, with splits by step. */
export const TWINS_SAMPLE: Course = {
  name: 'twins-sample',
  judges: ['C6'],
  isDrawn: true,
  open: (candidate, { twinsSample, twinsViews }) => {
    const { table, simulated } = candidate;
    const task = {
      ...({ kind: 'twins-sample', protocol: table.protocol, members: SAMPLED_MEMBERS } as const),
      ...{ views: twinsViews + 1, from: FIRST_SEED, seeds: twinsSample },
    };
    return each('C6', openTask(task, simulated), { every: 1, candidate });
  },
};

/** C7: a crash before and after every effect of every member on the way to so many blocks, and a power cut there. */
export const CRASHES: Course = {
  name: 'crashes',
  judges: ['C7'],
  isShared: true,
  open: (candidate, { crashBlocks: blocks, crashEvery }) => {
    const { table, simulated } = candidate;
    const task = { kind: 'crash', protocol: table.protocol, members: MEMBERS, blocks } as const;
    return each('C7', openCrashes(task, simulated), { every: crashEvery, candidate });
  },
};

interface Taken {
  /** One in so many cases is run. */
  readonly every: number;
  readonly candidate: JudgedProtocol;
}

/** The cases of a campaign as the parts of a course. A campaign without cases would pass by itself: it fails. */
function each(of: CaseId, task: OpenTask, { every, candidate }: Taken): OpenCourse {
  const order = drawnOrder(task.cases, every);
  const run = (part: number): Batch => task.run(order[part] ?? task.cases);
  return { parts: Math.max(1, order.length), run: (part) => judgedBatch(of, run(part), candidate) };
}

function judgedBatch(of: CaseId, { runs, failures }: Batch, { table, subject }: JudgedProtocol): CourseBatch {
  if (runs === 0)
    return { runs, failures: [{ case: of, kind: 'other', name: 'all', text: 'there was nothing to run' }] };
  const command = `npm run sim -- --protocol ${table.protocol}`;
  const told = failures.flatMap(({ name, violations, replay }) =>
    judgedAs(
      of,
      violations,
      subject.root === undefined ? { name, replay: `${command} ${replay}` } : { name },
    ),
  );
  return { runs, failures: told };
}
