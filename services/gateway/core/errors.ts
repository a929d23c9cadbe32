import { AppError } from '#libs/errors/app-error.ts';

/** Every failure of the gateway that somebody outside may branch on. */
export type GatewayErrorDetail =
  | { readonly code: 'GATEWAY_HELLO_INVALID' }
  | { readonly code: 'GATEWAY_REPLACED' }
  | { readonly code: 'GATEWAY_LISTEN_FAILED'; readonly addresses: string; readonly portInUse: boolean }
  | { readonly code: 'GATEWAY_PROTOCOL_TAKEN' | 'GATEWAY_PROTOCOL_UNKNOWN'; readonly protocol: string }
  | { readonly code: 'GATEWAY_STARTED' }
  | { readonly code: 'GATEWAY_CONFIG_AWAY'; readonly address: string }
  | { readonly code: 'GATEWAY_IDENTITY_INVALID' };

export class GatewayError extends AppError<GatewayErrorDetail> {
  override readonly name = 'GatewayError';
}
