import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { type ServiceName, servicesOf } from '../core/service-names.ts';
import { SERVICE_START_EACH_MS, SERVICE_START_MS } from '../words/limits.ts';
import { memberService, type SupervisionOptions } from './member-services.ts';
import type { SupervisedService } from './supervised-service.ts';
import { together } from './together.ts';

/**
 * Each wave needs the one before it. Services are stopped in the opposite order, so that none loses another that it
 * needs.
 */
export const START_WAVES = [
  ['config', 'signer'],
  ['gateway'],
  ['consensus'],
] as const satisfies ServiceName[][];

export interface SupervisedMembers extends Lifecycle {
  readonly services: readonly SupervisedService[];
}

/** All services of these members: of each wave all at once, because they share the cores anyway. */
export function superviseMembers(
  members: readonly LaunchFacts[],
  options: Omit<SupervisionOptions, 'startMsMax'>,
): SupervisedMembers {
  const startMsMax = SERVICE_START_MS + members.length * SERVICE_START_EACH_MS;
  const waves = START_WAVES.map((names) =>
    names.flatMap((name) =>
      members
        .filter((facts) => servicesOf(facts).includes(name))
        .map((facts) => memberService(name, facts, { ...options, startMsMax })),
    ),
  );
  const life = lifecycleOf(waves.map(together));
  return { services: waves.flat(), start: () => life.start(), stop: () => life.stop() };
}
