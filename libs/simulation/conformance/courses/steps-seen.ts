import { type RunOptions, simulate } from '../../run/simulate.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';

/**
 * The faults of the steps that a shape names, by a run in which a view is given up and the next one decides: messages of a step that
 * is not named go wherever the other steps let them, and then nothing is hidden. A step that has no messages in one variant, as
 * that of certificates has none where votes go to all, costs runs and hides nothing.
 */
export function stepFaults({ subject }: Pick<JudgedProtocol, 'subject'>, run: RunOptions): readonly string[] {
  const seen = new Set<string>();
  const watched = {
    ...subject,
    step: (message: Parameters<typeof subject.step>[0]) => {
      const step = subject.step(message);
      seen.add(step.phase);
      return step;
    },
  };
  simulate(watched, run);
  const { steps } = subject.shape;
  return [...seen]
    .filter((step) => !steps.includes(step))
    .map(
      (step) => `messages are of step ${step}, which is none of the protocol's, so none of them is hidden`,
    );
}
