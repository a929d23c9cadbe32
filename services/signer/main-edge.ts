import { runService } from '#libs/service/run-service.ts';
import { composeEdge } from './compose-edge.ts';
import { edgeConfig } from './config-edge.ts';

await runService({ name: 'signer-edge', schema: edgeConfig, compose: composeEdge }, process.env);
