import type { ComponentLogger, Logger } from '@libp2p/interface';

/**
 * A logger that drops everything. libp2p writes a debug line for every chunk and makes a logger for every
 * stream; the gateway itself logs the events that operators need, so libp2p's own lines cost nothing here.
 */
const silent: Logger = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: () => silent,
});

export const SILENT_LIBP2P_LOGGER: ComponentLogger = { forComponent: () => silent };
