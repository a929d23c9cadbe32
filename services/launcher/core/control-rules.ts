import type { ControlOrder, ControlVerb, MemberStanding, ServiceState } from './control-messages.ts';
import type { ServiceName } from './service-names.ts';

/** The services that an order is for, or the sentence that refuses it. */
export type ControlChoice =
  | { readonly kind: 'chosen'; readonly services: readonly ServiceName[] }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The states in which a verb has something to do. */
const ACTED_ON: Readonly<Record<ControlVerb, readonly ServiceState[]>> = {
  kill: ['starting', 'running', 'paused', 'ended'],
  restart: ['starting', 'running', 'paused', 'ended', 'down'],
  pause: ['running'],
  resume: ['paused'],
};

/** The states that last until a person ends them, and the start that ends one. */
const HELD: readonly ServiceState[] = ['down', 'paused', 'starting'];

/** Names are told in full up to so many; a federation may have 512. */
const NAMES_TOLD_MAX = 16;

/** Chooses the services that an order is carried out on: those of the member that are in a state for it. */
export function chosenServices(order: ControlOrder, members: readonly MemberStanding[]): ControlChoice {
  const member = members.find(({ name }) => name === order.member);
  if (member === undefined) return refused(unknownMember(order.member, members));
  const asked = member.services.filter(
    ({ service }) => order.service === undefined || service === order.service,
  );
  if (asked.length === 0 && order.service !== undefined) return refused(noSuchService(order, member));
  const services = asked
    .filter(({ state }) => ACTED_ON[order.verb].includes(state))
    .map(({ service }) => service);
  return services.length === 0 ? refused(nothingToDo(order)) : { kind: 'chosen', services };
}

/** Members with a service that a person holds down or paused: they may lag behind, and nothing is wrong. */
export function heldMembers(members: readonly MemberStanding[]): readonly string[] {
  return members
    .filter(({ services }) => services.some(({ state }) => HELD.includes(state)))
    .map(({ name }) => name);
}

function refused(sentence: string): ControlChoice {
  return { kind: 'refused', sentence };
}

function unknownMember(name: string, members: readonly MemberStanding[]): string {
  const names = members.slice(0, NAMES_TOLD_MAX).map((member) => member.name);
  const rest = members.length > names.length ? `, … (${members.length} in all)` : '';
  return `no member of this federation is called "${name}": its members are ${names.join(', ')}${rest}`;
}

/** A member of a chain by http-json has no gateway. */
function noSuchService({ member: name, service }: ControlOrder, { services }: MemberStanding): string {
  return `${name} runs no ${service}: its services are ${services.map((each) => each.service).join(', ')}`;
}

function nothingToDo({ verb, member, service }: ControlOrder): string {
  const none = service === undefined ? `no service of ${member}` : `no ${service} of ${member}`;
  const words = service === undefined ? member : `${member} --service ${service}`;
  const restart = `"btcfed up restart ${words}"`;
  switch (verb) {
    case 'kill':
      return `there is ${none} to be killed, it is down already: ${restart} starts it`;
    case 'pause':
      return `there is ${none} to be paused: "btcfed up resume ${words}" lets a paused one go on, ${restart} starts one that is down`;
    case 'resume':
      return `there is ${none} to be resumed, none is paused: ${restart} starts one that is down`;
    case 'restart':
      return `there is ${none} to be restarted, the federation is stopping: start it with "npm start"`;
  }
}
