import { runService } from '#libs/service/run-service.ts';
import { composeConfig } from './compose.ts';
import { configConfig } from './config.ts';

await runService({ name: 'config', schema: configConfig, compose: composeConfig }, process.env);
