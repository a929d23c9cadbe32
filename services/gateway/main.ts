import { runService } from '#libs/service/run-service.ts';
import { composeGateway } from './compose.ts';
import { gatewayConfig } from './config.ts';

await runService({ name: 'gateway', schema: gatewayConfig, compose: composeGateway }, process.env);
