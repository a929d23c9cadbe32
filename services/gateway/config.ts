import { z } from 'zod';

const socketAddress = z.string().regex(/^unix:.+/, 'expected unix:<path>');
const token = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, 'expected 1 to 48 of a-z, 0-9, "-" and "_"');

/** Every setting of the gateway; read from the environment, unknown `GATEWAY_*` names are an error. */
export const gatewayConfig = z.strictObject({
  /** Where GatewayService is served. Its callers speak for this member, so only a socket of this host. */
  GATEWAY_LISTEN: socketAddress,
  /** Where ConfigService is served; it hands out the private key, so only a socket of this host. */
  GATEWAY_CONFIG_ADDRESS: socketAddress,
  /** Events are off when it is left out. */
  GATEWAY_NATS_URL: z.string().min(1).optional(),
  /** Name of the network and of this member in the subjects of events. */
  GATEWAY_NETWORK: token.default('local'),
  GATEWAY_MEMBER: token.default('node'),
});

export type GatewayConfig = Readonly<z.output<typeof gatewayConfig>>;
