import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { SignerApi } from '../signer-api.ts';

const ASK_MS = 1_000;

/** Asks the core once a second whether it signs, and tells when that changes. SERVING only while it does. */
export function coreHealth(api: SignerApi, tell: (isServing: boolean) => void, log: Logger): Lifecycle {
  let known: boolean | undefined;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    const isServing = await api.getSigner().then(
      ({ mode, locked }) => mode === 'active' && !locked,
      () => false,
    );
    if (isServing === known) return;
    known = isServing;
    tell(isServing);
    if (isServing) log.info('the core signs');
    else log.warn('the core does not sign, or cannot be reached');
  };
  return {
    async start() {
      await ask();
      timer = setInterval(() => void ask(), ASK_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
