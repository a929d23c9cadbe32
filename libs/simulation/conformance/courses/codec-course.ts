import { toMemberIndex } from '#libs/chain/ids.ts';
import { simulate } from '../../run/simulate.ts';
import type { CaseFailure, Course, CourseBatch } from '../words/course.ts';
import { judgedIn, judgesIn } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { SPOILER, Spoiling } from './spoiling.ts';
import { spoiltEvidence } from './spoilt-evidence.ts';

const MEMBERS = 4;
const FIRST_SEED = 800_000;
const LIAR = toMemberIndex(1);

/**
 * C15: all messages of some seeds are spoilt and read again, by replicas and by whole nodes; those that are still messages are judged by the
 * state of the member that heard it. One member sends nothing but such messages, so that those that are admitted are acted on.
 * So is evidence. Nothing of that may throw.
 */
export const SPOILT_MESSAGES: Course = {
  name: 'codec',
  judges: judgesIn('C15'),
  open: (candidate, { spoiltSeeds, spoiltEach }) => ({
    parts: spoiltSeeds + 1,
    run: (part) =>
      part === spoiltSeeds
        ? ofEvidence(candidate, spoiltSeeds * spoiltEach)
        : ofSeed(candidate, FIRST_SEED + part, spoiltEach),
  }),
};

function ofSeed({ subject }: JudgedProtocol, seed: number, each: number): CourseBatch {
  const spoiling = new Spoiling(subject, seed, each);
  const isWhole = seed % 3 === 0;
  const byzantine = [{ member: LIAR, actor: SPOILER }];
  const { violations } = simulate(spoiling.subject, { seed, members: MEMBERS, isWhole, byzantine });
  const name = `seed ${seed} of ${isWhole ? 'whole nodes' : 'replicas'}, ${spoiling.tried} spoilt messages`;
  const shown = isWhole ? spoiling.tried : spoiling.admitted;
  const few = shown === 0 ? ['no spoilt message was worth a look: nothing was shown'] : [];
  const failures = [...spoiling.faults, ...few].map((text) => failure(name, text));
  return { runs: spoiling.tried, failures: [...failures, ...judgedIn('C15', violations, { name })] };
}

function ofEvidence({ table }: JudgedProtocol, tries: number): CourseBatch {
  const faults = spoiltEvidence(table, { tries, seed: FIRST_SEED });
  return { runs: tries, failures: faults.map((text) => failure('evidence', text)) };
}

function failure(name: string, text: string): CaseFailure {
  return { case: 'C15', kind: 'other', name, text };
}
