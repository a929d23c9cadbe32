import { networkInterfaces } from 'node:os';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { INTERFACE_CHECK_MS } from '../core/connection-limits.ts';

/** Calls back when the addresses of this machine have changed: a cable, a VPN, a new lease. */
export function interfaceWatch(onChange: () => void, read = interfaceAddresses): Lifecycle {
  let before = read();
  let timer: NodeJS.Timeout | undefined;
  const check = (): void => {
    const now = read();
    if (now === before) return;
    before = now;
    onChange();
  };
  return {
    start: async () => {
      timer = setInterval(check, INTERFACE_CHECK_MS);
    },
    stop: async () => clearInterval(timer),
  };
}

function interfaceAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all
    .map(({ address }) => address)
    .sort()
    .join(' ');
}
