import type { ComponentLogger, Logger } from '@libp2p/interface';

/**
 * libp2p writes a debug line for every chunk and makes a logger for every stream. What an operator needs is logged
 * by us, so its own lines cost nothing here.
 */
const silent: Logger = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: () => silent,
});

export const SILENT_LIBP2P_LOGGER: ComponentLogger = { forComponent: () => silent };
