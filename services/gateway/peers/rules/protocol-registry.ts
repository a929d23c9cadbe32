import { GatewayError } from '../../core/errors.ts';

/** The handlers of the protocols: each has one, or none (P2P-10). */
export class ProtocolRegistry<Handler> {
  readonly #handlers = new Map<string, Handler>();

  /** @throws GatewayError GATEWAY_PROTOCOL_TAKEN */
  register(protocol: string, handler: Handler): void {
    if (this.#handlers.has(protocol)) {
      throw new GatewayError(`protocol ${protocol} has a handler already`, {
        code: 'GATEWAY_PROTOCOL_TAKEN',
        protocol,
      });
    }
    this.#handlers.set(protocol, handler);
  }

  /** @throws GatewayError GATEWAY_PROTOCOL_UNKNOWN */
  unregister(protocol: string): void {
    if (this.#handlers.delete(protocol)) return;
    throw new GatewayError(`protocol ${protocol} has no handler`, {
      code: 'GATEWAY_PROTOCOL_UNKNOWN',
      protocol,
    });
  }

  handlerOf(protocol: string): Handler | undefined {
    return this.#handlers.get(protocol);
  }
}
