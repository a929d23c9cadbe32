import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../adapters/bundler.ts';
import { SERVICE_NAMES } from '../core/service-names.ts';
import { THREAD_POOL_VARIABLE, threadPoolSize } from '../core/thread-pool.ts';
import type { ServiceRuntime } from '../supervisor/member-services.ts';
import type { ProcessContext } from '../words/process-context.ts';

/** The worker of the portable signature implementation is loaded by name from beside the bundle. */
const WORKER = { 'portable-worker': 'libs/crypto/portable-worker.ts' };

/** Set to 1 to run the sources as they are, for a debugger: slower to start, and nothing else differs. */
const RUN_SOURCES = 'BTCFED_RUN_SOURCES';

/** The folder that systemd gives a unit for its cache (`CacheDirectory=`): there the checkout is for reading alone. */
const CACHE_FOLDER = 'CACHE_DIRECTORY';

/**
 * The runtime of the services: bundles in the cache of the unit or of the checkout, made anew when a source changed, on as many
 * threads as there are cores (services/launcher/README.md "How services are run").
 */
export async function serviceRuntime({
  root,
  node,
  env,
}: Pick<ProcessContext, 'root' | 'node' | 'env'>): Promise<ServiceRuntime> {
  const threads = {
    [THREAD_POOL_VARIABLE]: String(threadPoolSize(availableParallelism(), env[THREAD_POOL_VARIABLE])),
  };
  const sources = Object.fromEntries(SERVICE_NAMES.map((name) => [name, `services/${name}/main.ts`]));
  if (env[RUN_SOURCES] === '1') {
    return { node, script: (service) => join(root, `services/${service}/main.ts`), env: threads };
  }
  const cacheFolder = join(env[CACHE_FOLDER] || join(root, '.cache'), 'bundles');
  const { script, compileCache } = await bundle({ root, entries: { ...sources, ...WORKER }, cacheFolder });
  return { node, script, env: { NODE_COMPILE_CACHE: compileCache, ...threads } };
}
