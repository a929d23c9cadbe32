import { mkdir } from 'node:fs/promises';
import { absentBus } from '#libs/events/absent-bus.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { logSettingsOf } from '#libs/log/log-section.ts';
import type { Logger } from '#libs/log/logger.ts';
import { diskMetrics } from '#libs/metrics/disk-metrics.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import { CONF_FILE_NAME } from '#libs/settings-files/conf-file.ts';
import { PEERS_FILE_NAME } from '#libs/settings-files/peers-file.ts';
import { busEvents } from './adapters/bus-events.ts';
import { configMetrics } from './adapters/config-metrics.ts';
import { FileWatcher } from './adapters/file-watcher.ts';
import { configHandlers } from './adapters/grpc-handlers.ts';
import { CONFIG_STATUS } from './adapters/grpc-status.ts';
import { homeFiles } from './adapters/home-files.ts';
import { ownLogging } from './adapters/own-logging.ts';
import type { ConfigConfig } from './config.ts';
import { ConfigurationKeeper } from './configuration-keeper.ts';
import { publicText } from './core/public-text.ts';

const HOME_MODE = 0o700;
const MS_PER_SECOND = 1_000;

/** Reads the files, then serves them and watches them. Refuses to start with the text that goes to stderr. */
export async function composeConfig(
  config: ConfigConfig,
  log: Logger,
  { logControl, metrics, tracer }: Pick<ServiceTools, 'logControl' | 'metrics' | 'tracer'>,
): Promise<Lifecycle> {
  const { CONFIG_HOME: home, CONFIG_LISTEN: address } = config;
  await mkdir(home, { recursive: true, mode: HOME_MODE });
  const bus = eventBus(config, log);
  const keeper = await ConfigurationKeeper.open({
    files: homeFiles(home, log),
    events: busEvents(bus),
    log,
    nowS: () => Math.floor(Date.now() / MS_PER_SECOND),
    own: [ownLogging(logControl)],
  });
  logControl.set(logSettingsOf(keeper.current.node.logging, logControl.place));
  log.info('BTC Federation Node starting with config', { config: publicText(keeper.current) });

  configMetrics(metrics, {
    generation: () => keeper.current.generation,
    peerCount: () => keeper.current.peers.peers.length,
  });
  diskMetrics(metrics, { home });
  const handlers = configHandlers(keeper);
  const service = bindService(ConfigServiceDefinition, handlers, { log, statusByCode: CONFIG_STATUS });
  const watcher = new FileWatcher({
    folder: home,
    names: [CONF_FILE_NAME, PEERS_FILE_NAME],
    onTrigger: (trigger) => keeper.reload(trigger),
    log,
  });
  return lifecycleOf([
    bus,
    { start: async () => {}, stop: () => keeper.close() },
    // Listens before the server starts: until somebody listens for SIGHUP, that signal ends the process.
    watcher,
    grpcServer({ address, services: [service], log, metrics: grpcMetrics(metrics), tracer }),
  ]);
}

/** The bus for events. Without a URL there are none; while the server is away, the service runs all the same. */
function eventBus(config: ConfigConfig, log: Logger): EventBus {
  const { CONFIG_NATS_URL: url, CONFIG_NETWORK: network, CONFIG_MEMBER: member } = config;
  return url === undefined ? absentBus() : natsBus({ url, network, member, log });
}
