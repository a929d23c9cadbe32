import type { Handlers } from '#libs/grpc/service.ts';
import type {
  ConfigServiceDefinition,
  WatchConfigurationResponse,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Configuration } from '../core/configuration.ts';
import { toWire } from './wire.ts';

/** What the API needs of the configuration in force. */
export interface ConfigurationSource {
  readonly current: Configuration;
  watch(signal: AbortSignal): AsyncIterable<Configuration>;
}

/** The rpcs of btcfed.config.v1.ConfigService. None of them can refuse: there is always a configuration in force. */
export function configHandlers(source: ConfigurationSource): Handlers<ConfigServiceDefinition> {
  return {
    getConfiguration: async () => ({ configuration: toWire(source.current) }),
    watchConfiguration: (_, { signal }) => watch(source, signal),
    getIdentity: async () => ({ privateKey: source.current.node.identity.secretBytes() }),
  };
}

async function* watch(
  source: ConfigurationSource,
  signal: AbortSignal,
): AsyncGenerator<WatchConfigurationResponse> {
  for await (const configuration of source.watch(signal)) yield { configuration: toWire(configuration) };
}
