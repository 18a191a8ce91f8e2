import { MemoryGate } from '../../src/http/quota/memory-gate.ts';
import { gateContract } from '../support/gate.ts';

gateContract('memory', clock => new MemoryGate({ clock, replicas: 1 }));
