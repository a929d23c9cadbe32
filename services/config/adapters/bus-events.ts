import type { EventBus } from '#libs/events/bus.ts';
import { ConfigurationChanged } from '#libs/proto/btcfed/event/v1/event.ts';
import type { ConfigurationEvents } from '../ports.ts';

/** Tells the outside of changes as a signal: it may be lost, and the configuration itself is never in it. */
export function busEvents(bus: Pick<EventBus, 'publishSignal'>): ConfigurationEvents {
  return {
    configurationChanged: (generation) =>
      bus.publishSignal({
        service: 'config',
        noun: 'configuration',
        event: 'changed',
        about: generation.toString(),
        body: ConfigurationChanged.encode({ generation }).finish(),
      }),
  };
}
