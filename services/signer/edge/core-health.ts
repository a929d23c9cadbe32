import type { Logger } from '#libs/log/logger.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import { CORE_SILENT_MS } from '../words/limits.ts';

const ASK_MS = 1_000;

/** Asks the core once a second whether it signs, and reports changes. SERVING only while it does. */
export function coreHealth(
  api: Pick<SignerApi, 'getSigner'>,
  tell: (isServing: boolean) => void,
  log: Logger,
): Lifecycle {
  let known: boolean | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    // One question at a time: a late answer must not count after the answer to a later question.
    if (isAsking) return;
    isAsking = true;
    const isServing = await signs(api);
    isAsking = false;
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

async function signs(api: Pick<SignerApi, 'getSigner'>): Promise<boolean> {
  try {
    const { mode, locked } = await promptly(() => api.getSigner());
    return mode === 'active' && !locked;
  } catch {
    return false;
  }
}

/** The core's own answer, unless the core is silent: then the core counts as gone, even while its sockets are open. */
export async function promptly(ask: () => Promise<GetSignerResponse>): Promise<GetSignerResponse> {
  const silent = Promise.withResolvers<never>();
  const timer = setTimeout(() => silent.reject(new Error('the core is silent')), CORE_SILENT_MS);
  try {
    return await Promise.race([ask(), silent.promise]);
  } finally {
    clearTimeout(timer);
  }
}
