import { Findings } from '../checks/findings.ts';
import { EpochObservers } from '../checks/observe.ts';
import { RecordCheck } from '../checks/record-check.ts';
import { SightingsLog } from '../checks/sightings.ts';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import type { Ground, HotStuffFacts } from './quiet-world.ts';

const NO_VIEWS = { entered: () => {}, worked: () => {}, gaveUp: () => {} };

interface HonestObservers extends Pick<HotStuffFacts, 'observerOf'> {
  readonly findings: Findings;
}

/** The checkers of the simulator for a world in which nobody lies. */
export function honestObservers({ schedule, judge }: Ground): HonestObservers {
  const findings = new Findings(schedule);
  const observers = new EpochObservers(hotStuffSubject, {
    ...{ findings, judge, sightings: new SightingsLog(), records: new RecordCheck(findings) },
    ...{ liars: new Set(), views: NO_VIEWS },
  });
  return { findings, observerOf: (epoch) => observers.of(epoch) };
}
