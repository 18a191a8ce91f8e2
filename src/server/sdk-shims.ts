import { createRequire } from 'node:module';
import type { JsonSchemaType, JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/server';
import { buildFile } from '../base/build-files.ts';

// In the executable this takes the place of the SDK's own module of the same exports (scripts/build/executable.mjs).
export { default as process } from 'node:process';

type Ajv = typeof import('@modelcontextprotocol/server/validators/ajv');

/** The SDK's own validator, loaded when something is to be validated: what a person answered an older client. */
export class DefaultJsonSchemaValidator implements jsonSchemaValidator {
  #made: jsonSchemaValidator | undefined;

  getValidator<T>(schema: JsonSchemaType): JsonSchemaValidator<T> {
    this.#made ??= load();
    return this.#made.getValidator<T>(schema);
  }
}

function load(): jsonSchemaValidator {
  const file = buildFile('ajv.cjs');
  const { AjvJsonSchemaValidator } = createRequire(file)(file) as Ajv;
  return new AjvJsonSchemaValidator();
}
