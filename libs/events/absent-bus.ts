import { type EventBus, EventBusError } from './bus.ts';

/** The bus of a member that has none: signals are dropped, facts wait in the chain. */
export function absentBus(): EventBus {
  return {
    start: async () => {},
    stop: async () => {},
    publishSignal: () => {},
    publishFact: async () => {
      throw new EventBusError('no event bus is configured', { code: 'EVENT_BUS_AWAY' });
    },
    connected: () => false,
    onConnected: () => () => {},
  };
}
