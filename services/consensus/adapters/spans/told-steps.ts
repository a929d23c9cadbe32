import type { StepTrace } from '#libs/engine/trace/step-trace.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';

interface StepSpans {
  step(step: ConsensusStep): void;
}

/** Steps for `trace`, while it wants them, and always for the spans. A failure to tell stays here: it must not cost a vote. */
export function toldSteps(trace: StepTrace, spans: readonly StepSpans[], log: Logger): StepTrace {
  return {
    isWanted: () => true,
    step(step) {
      if (trace.isWanted()) trace.step(step);
      try {
        for (const each of spans) each.step(step);
      } catch (error) {
        log.error('step of consensus is in no span', error, { event_type: step.name });
      }
    },
  };
}
