import { runService } from '#libs/service/run-service.ts';
import { composeCore } from './compose-core.ts';
import { coreConfig } from './config-core.ts';

await runService({ name: 'signer-core', schema: coreConfig, compose: composeCore }, process.env);
