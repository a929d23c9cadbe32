import { Findings } from '../checks/findings.ts';
import { EpochObservers } from '../checks/observe.ts';
import { RecordCheck } from '../checks/record-check.ts';
import { SightingsLog } from '../checks/sightings.ts';
import type { Ground, HostedFacts } from './quiet-world.ts';

const NO_VIEWS = { entered: () => {}, worked: () => {}, gaveUp: () => {} };

interface HonestObservers extends Pick<HostedFacts, 'observerOf'> {
  readonly findings: Findings;
}

/** The checkers of the simulator for a world in which nobody lies. */
export function honestObservers({ subject, schedule, judge }: Ground): HonestObservers {
  const findings = new Findings(schedule);
  const observers = new EpochObservers(subject, {
    ...{ findings, judge, sightings: new SightingsLog(), records: new RecordCheck(findings) },
    ...{ liars: new Set(), views: NO_VIEWS },
  });
  return { findings, observerOf: (epoch) => observers.of(epoch) };
}
