// What only setup needs, in a file of its own: a start reads whatever is in that of the program.
export * as clack from '@clack/prompts';
export { createTwoFilesPatch } from 'diff';
export { editJson, parseJson } from './json-text.ts';
export { editToml, parseToml } from './toml-text.ts';
export { editYaml, parseYaml } from './yaml-text.ts';
