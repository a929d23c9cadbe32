import { columnLines } from '#libs/tables/column-lines.ts';
import type {
  ControlOrder,
  EventServerStanding,
  MemberStanding,
  ServiceStanding,
  ServiceState,
} from './control-messages.ts';
import type { ServiceName } from './service-names.ts';

const STATES: Readonly<Record<ServiceState, string>> = {
  starting: 'is starting',
  running: 'runs',
  paused: 'is paused, until "resume"',
  ended: 'ended, and is started again by itself',
  down: 'is down, until "restart"',
  stopped: 'is stopped',
};

/** Column of the process ids. */
const PID = 2;

/** A line for each service of each member, and one for the nats-server of them all. */
export function standingText(members: readonly MemberStanding[], natsServer?: EventServerStanding): string {
  const ofMembers = members.flatMap(({ name, services, clientAddress }) =>
    services.map((standing) => cellsOf(name, standing, placeOf(standing, clientAddress))),
  );
  const ofAll =
    natsServer === undefined ? [] : [cellsOf('all', { service: 'nats-server', ...natsServer }, '')];
  return columnLines([...ofMembers, ...ofAll], { right: [PID] }).join('\n');
}

/** Clients are served by consensus alone. */
function placeOf({ service, state }: ServiceStanding, clientAddress: string): string {
  return service === 'consensus' && state === 'running' ? `, serves clients at ${clientAddress}` : '';
}

interface Standing extends EventServerStanding {
  readonly service: string;
}

function cellsOf(name: string, { service, state, pid }: Standing, place: string): readonly string[] {
  return [name, service, pid === undefined ? '-' : String(pid), `${STATES[state]}${place}`];
}

/**
 * Tells what was done to a member, and the line to type when it is enough.
 *
 * @param place - The option that names the federation again, with a space before it; empty where none is needed.
 */
export function doneText(order: ControlOrder, services: readonly ServiceName[], place: string): string {
  const { verb, member, service } = order;
  const words = `${member}${service === undefined ? '' : ` --service ${service}`}${place}`;
  const which = `${services.join(', ')} of ${member}`;
  switch (verb) {
    case 'kill':
      return `killed: ${which}; down until: btcfed up restart ${words}`;
    case 'restart':
      return `restarted: ${which}`;
    case 'pause':
      return `paused: ${which}; held until: btcfed up resume ${words}`;
    case 'resume':
      return `resumed: ${which}`;
  }
}
