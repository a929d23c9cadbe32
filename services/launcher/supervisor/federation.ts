import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { type ServiceName, servicesOf } from '../core/service-names.ts';
import { SERVICE_START_EACH_MS, SERVICE_START_MS } from '../words/limits.ts';
import { memberService, type SupervisionOptions } from './member-services.ts';
import { NodePage } from './node-page.ts';
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

/** One member, and its services by their names, in the order they are started. */
export interface SupervisedMember {
  readonly name: string;
  readonly clientAddress: string;
  readonly services: ReadonlyMap<ServiceName, SupervisedService>;
}

export interface SupervisedMembers extends Lifecycle {
  readonly members: readonly SupervisedMember[];
  readonly services: readonly SupervisedService[];
}

/** All services of these members: of each wave all at once, because they share the cores anyway. */
export function superviseMembers(
  facts: readonly LaunchFacts[],
  options: Omit<SupervisionOptions, 'startMsMax'>,
): SupervisedMembers {
  const startMsMax = SERVICE_START_MS + facts.length * SERVICE_START_EACH_MS;
  const members = facts.map((each) => supervisedMember(each, { ...options, startMsMax }));
  const waves = START_WAVES.map((names) =>
    names.flatMap((name) => members.flatMap(({ services }) => services.get(name) ?? [])),
  );
  const pages = facts.map((each) => new NodePage(each, options.report));
  // The pages come first and go last: they tell of services that start and end.
  const life = lifecycleOf([together(pages), ...waves.map(together)]);
  return { members, services: waves.flat(), start: () => life.start(), stop: () => life.stop() };
}

function supervisedMember(facts: LaunchFacts, options: SupervisionOptions): SupervisedMember {
  const services = servicesOf(facts).map((name) => [name, memberService(name, facts, options)] as const);
  return { name: facts.name, clientAddress: facts.clientAddress, services: new Map(services) };
}
